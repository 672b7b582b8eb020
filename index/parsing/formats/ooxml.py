"""What Office's XML files share: related parts, properties, charts, drawings, embedded files."""

import posixpath
from collections.abc import Iterator

from index.documents import Omission, Part
from index.parsing.formats.attached import attached
from index.parsing.formats.base import Omissions
from index.parsing.formats.sections import Properties, Section
from index.parsing.formats.zip_container import Element, Package
from index.parsing.skip_reasons import SkipFileError

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_MOST_POINTS = 2_000


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part ("" for the package): by id the kind's last word and the target."""
    folder, _, file = part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/") if part else "_rels/.rels"
    if not package.has(rels):
        return {}
    found = {}
    for one in package.xml(rels).iter(_REL):
        if one.get("TargetMode") == "External":
            continue
        target = one.get("Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = (one.get("Type") or "").rpartition("/")[2]
        found[one.get("Id") or ""] = (kind, posixpath.normpath(path))
    return found


def related(package: Package, part: str, kind: str) -> list[str]:
    """The parts that `part` ("" for the package itself) names as being of this kind."""
    names = [target for one, target in relations(package, part).values() if one == kind]
    return [name for name in dict.fromkeys(names) if package.has(name)]


def properties(package: Package) -> Properties:
    """Title, author and day of making that an Office file's properties state."""
    names = related(package, "", "core-properties")
    if not names:
        return Properties()
    root = package.xml(names[0])
    return Properties(
        root.findtext(f"{_DC}title") or "",
        root.findtext(f"{_DC}creator") or "",
        root.findtext(f"{_TERMS}created") or "",
    )


def drawn_sections(
    package: Package, part: str, omissions: Omissions, label: str | None = None
) -> Iterator[Section]:
    """The text of a part's charts, diagrams and embedded files, and its pictures' descriptions.

    Args:
        package: the Office file.
        part: the part whose relations are followed, through its drawings.
        omissions: counts what cannot be read.
        label: the slide or sheet that the part is.
    """
    seen: set[str] = set()
    waiting = [part]
    while waiting:
        at = waiting.pop(0)
        for kind, target in relations(package, at).values():
            if target in seen or not package.has(target):
                continue
            seen.add(target)
            match kind:
                case "chart" | "chartEx":
                    yield Section("\n".join(chart_lines(package.xml(target))), label)
                case "diagramData":
                    yield Section("\n".join(_drawn_text(package.xml(target))), label)
                case "drawing":
                    yield Section("\n\n".join(_drawn_text(package.xml(target))), label)
                    waiting.append(target)
                case "package" | "oleObject" if "embeddings/" in target:
                    if not _is_charts_own(package, at):
                        yield from _embedded(package, target, omissions)
                case _:
                    pass


def _is_charts_own(package: Package, part: str) -> bool:
    """Whether a part is a chart, whose embedded workbook holds the same values."""
    return "/charts/" in f"/{part}" and package.has(part)


def _embedded(package: Package, name: str, omissions: Omissions) -> Iterator[Section]:
    try:
        content = package.read(name)
    except SkipFileError:
        omissions.add(Omission.NOT_READ, "embedded file")
        return
    yield from attached(package.source, posixpath.basename(name), content, omissions)


def chart_lines(chart: Element) -> Iterator[str]:
    """A chart as lines: its titles, then each series with its categories and values."""
    for title in chart.iter("{*}title"):
        text = " ".join("".join(one.text or "" for one in title.iter("{*}t")).split())
        if text:
            yield text
    for series in chart.iter("{*}ser"):
        name = next(iter(_points(series.find("{*}tx"))), "")
        categories = _points(series.find("{*}cat")) or _points(series.find("{*}xVal"))
        values = _points(series.find("{*}val")) or _points(series.find("{*}yVal"))
        for number, value in enumerate(values):
            category = categories[number] if number < len(categories) else ""
            told = [one for one in (name, category) if one]
            yield f"{', '.join(told)}: {value}" if told else value
    for labels in chart.iter("{*}dLbl"):
        text = " ".join("".join(one.text or "" for one in labels.iter("{*}t")).split())
        if text:
            yield text


def _points(holder: Element | None) -> list[str]:
    if holder is None:
        return []
    cached = next(holder.iter("{*}strCache", "{*}numCache", "{*}strLit", "{*}numLit"), None)
    if cached is None:
        return [one.text or "" for one in holder.iter("{*}v")]
    points = list(cached.iter("{*}pt"))[:_MOST_POINTS]
    percent = "%" in (cached.findtext("{*}formatCode") or "")
    return [_point(one.findtext("{*}v") or "", percent=percent) for one in points]


def _point(value: str, *, percent: bool) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    return f"{number * 100:.10g}%" if percent else f"{number:.15g}"


def _drawn_text(root: Element) -> Iterator[str]:
    """The paragraphs of a drawing's shapes or a diagram's points."""
    for paragraph in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        text = "".join(one.text or "" for one in paragraph.iter("{*}t")).strip()
        if text:
            yield text


def described(root: Element) -> Iterator[str]:
    """What the pictures of a part are said to show."""
    for one in root.iter("{*}docPr", "{*}cNvPr"):
        told = " ".join((one.get("descr") or "").split())
        if len(told.split()) > 1:
            yield told


def description_section(roots: list[Element], label: str | None = None) -> Iterator[Section]:
    """A section of the descriptions of pictures: findable, but never an answer."""
    told = list(dict.fromkeys(text for root in roots for text in described(root)))
    if told:
        yield Section("\n".join(told), label, Part.ALT_TEXT)
