"""Evidence packs: quotations with their sources, in one file that can be verified."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Document, Index, Listed, QuothError, Span
from index.durable_files import plain_faults, replace_whole
from index.errors import NotShownError
from index.page_image import has_pages
from index.parsing.remote_files import is_remote
from qa.archive.evidence_sheet import as_html, as_word
from qa.archive.notebook import SUFFIX, Notebook, as_answers
from qa.citation import Citation, Claimed, check, cite, exported_json

VERSION = 1
MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
_ROLES = (
    ("answer", "answer"),
    ("agreeing", "the same answer"),
    ("members", "also named"),
    ("others", "other answer"),
    ("possible", "possible answer"),
    ("pinned", "pinned quotation"),
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A quotation in an evidence pack.

    Attributes:
        number: its place in the pack, from 1.
        question: the question that it was found for.
        role: "answer", "the same answer", "other answer", "possible answer", "pinned quotation" or
            "passage".
        citation: where it stands.
        marked: the short answer within it, as a span of the document's text; None if the whole
            quotation is the answer.
        text_file: the file in the pack with the document's text; the citation's offsets refer to
            it.
        original: the file that was read, in the pack; None if it is not packed.
        without_original: why the original is not packed; None if it is.
        picture: the page with the quotation marked, in the pack; None if there is none.
        note: what the person wrote beside it in a notebook; empty if nothing.

    Example:
        >>> index = Index.open(".quoth")
        >>> answer = Assistant(index).ask("who brokered the September 13 ceasefire?")
        >>> _ = Path("answer.json").write_text(json.dumps(answer.as_json()))
        >>> (exhibit,) = pack(index, [Path("answer.json")], Path("evidence.zip"))
        >>> exhibit.marked.of(index.document(index.documents()[1].key).text)
        'Moscow'
    """

    number: int
    question: str
    role: str
    citation: Citation
    marked: Span | None
    text_file: str
    original: str | None
    without_original: str | None
    picture: str | None
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """The exhibit as plain values, as the manifest has it."""
        cited = self.citation
        return {
            "number": self.number,
            "question": self.question,
            "role": self.role,
            "document": cited.document,
            "title": cited.title,
            "author": cited.author,
            "published": cited.published,
            "published_how": cited.published_how,
            "page": cited.page,
            "paragraph": cited.paragraph,
            "start": cited.start,
            "end": cited.end,
            "text": cited.quote,
            "marked": [self.marked.start, self.marked.end] if self.marked else None,
            "content_hash": cited.content_hash,
            "text_file": self.text_file,
            "original": self.original,
            "without_original": self.without_original,
            "picture": self.picture,
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation of an exported answer: `marked` is what of it is the short answer."""

    question: str
    role: str
    claim: Claimed
    marked: Span | None
    note: str = ""


def pack(
    index: Index,
    exported: Sequence[Path | Mapping[str, Any]],
    out: Path,
    *,
    passages: bool = False,
    made: dt.date | None = None,
) -> list[Exhibit]:
    """Write an evidence pack of the quotations in exported answers.

    Args:
        index: the index that the answers came from.
        exported: files that `quoth ask --json` wrote, the .jsonl file of a batch, or notebooks;
            or answers as `Answer.as_json` gives them.
        out: the .zip file to write; it is replaced as a whole.
        passages: whether the passages are packed too, beside the answers.
        made: the day that the pack states; by default this one.

    Returns:
        The exhibits, in the order of the files and of what they hold.

    Raises:
        QuothError: if a file is missing or holds no quotation, if a document does not say any more
            what was quoted, or if the pack cannot be written.

    Example:
        >>> index = Index.open(".quoth")
        >>> answer = Assistant(index).ask("who brokered the September 13 ceasefire?")
        >>> _ = Path("answer.json").write_text(json.dumps(answer.as_json()))
        >>> [exhibit.role for exhibit in pack(index, [Path("answer.json")], Path("evidence.zip"))]
        ['answer']
    """
    files: dict[str, bytes] = {}
    exhibits = list(_exhibits(index, exported, files, passages=passages))
    if not exhibits:
        named = ", ".join(dict.fromkeys(map(_named, exported)))
        hint = "" if passages else ", or pack the passages too"
        raise QuothError(f"{named}: there is no answer in it to pack; ask again{hint}")
    day = made or dt.date.today()  # noqa: DTZ011 -- the person's own day
    followed = [told for given in exported for told in _followed(given)]
    files["sheet.html"] = as_html(exhibits, day, followed).encode()
    files["sheet.docx"] = as_word(exhibits, day, files, followed)
    manifest = {
        "quoth_evidence": VERSION,
        "made": str(day),
        "exhibits": [one.as_json() for one in exhibits],
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    files[MANIFEST] = content
    files[MANIFEST_HASH] = f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()
    with plain_faults(out):
        replace_whole(out, _zipped(files))
    return exhibits


def _zipped(files: dict[str, bytes]) -> bytes:
    """The files as an archive; the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _exhibits(
    index: Index,
    exported: Sequence[Path | Mapping[str, Any]],
    files: dict[str, bytes],
    *,
    passages: bool,
) -> Iterator[Exhibit]:
    """The exhibits of exported answers; what they need is put into `files`."""
    listed = {one.name: one for one in index.documents()}
    seen: dict[tuple[str, str, int, int], int] = {}
    for given in exported:
        for quoted in _quoted(given, passages=passages):
            claim = quoted.claim
            key = (quoted.question, claim.document, claim.start, claim.end)
            if key in seen:
                continue
            one = listed.get(claim.document)
            document = index.document(one.key) if one else None
            fault = check(claim, document)
            if fault or one is None or document is None:
                raise QuothError(f"{_named(given)}: {fault}; ask again, or verify the file")
            seen[key] = len(seen) + 1
            yield _exhibit(index, one, document, quoted, seen[key], files)


def _exhibit(
    index: Index,
    listed: Listed,
    document: Document,
    quoted: _Quoted,
    number: int,
    files: dict[str, bytes],
) -> Exhibit:
    span = Span(quoted.claim.start, quoted.claim.end)
    text_file = f"texts/{document.content_hash}.txt"
    files[text_file] = document.text.encode("utf-8", "surrogatepass")
    original, why = _original(listed, files)
    picture = None
    if original and has_pages(listed):
        try:
            drawn = index.page_picture(listed.name, span).png
        except NotShownError:
            drawn = b""
        if drawn:
            picture = f"pages/{number:03}.png"
            files[picture] = drawn
    return Exhibit(
        number,
        quoted.question,
        quoted.role,
        cite(document, span),
        quoted.marked,
        text_file,
        original,
        why,
        picture,
        quoted.note,
    )


def _original(listed: Listed, files: dict[str, bytes]) -> tuple[str | None, str | None]:
    """The file that was read, put into `files`; or None and why it is not."""
    if is_remote(listed.file):
        return None, f"{listed.file} is in an object storage, which is not read for this"
    path = Path(listed.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, f"{path.name} is not where it was when it was added ({error.strerror})"
    found = hashlib.sha256(content).hexdigest()
    if listed.file_hash and found != listed.file_hash:
        return None, f"{path.name} has changed since it was added"
    name = "".join(char if char.isalnum() or char in "-_. " else "_" for char in path.name)
    packed = f"originals/{found[:12]}-{name[-100:]}"
    files[packed] = content
    return packed, None


def _followed(given: Path | Mapping[str, Any]) -> list[str]:
    """The questions and names that a notebook follows, with their notes."""
    if not isinstance(given, Path) or not given.name.endswith(SUFFIX):
        return []
    entries = [one for one in Notebook.read(given).entries if one.kind != "quotation"]
    return [f"{one.text} — {one.note}" if one.note else one.text for one in entries]


def _named(given: Path | Mapping[str, Any]) -> str:
    return str(given) if isinstance(given, Path) else "the answers"


def _quoted(given: Path | Mapping[str, Any], *, passages: bool) -> Iterator[_Quoted]:
    """The quotations of an exported file or answer."""
    answers: Sequence[Mapping[str, Any]]
    if not isinstance(given, Path):
        answers = [given]
    elif given.name.endswith(SUFFIX):
        answers = as_answers(Notebook.read(given))
    else:
        answers = exported_json(given)
    for answer in answers:
        try:
            yield from _quoted_in(answer, passages=passages)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{_named(given)}: not of the form of `quoth ask --json` ({error})"
            raise QuothError(message) from error


def _quoted_in(answer: Mapping[str, Any], *, passages: bool) -> Iterator[_Quoted]:
    question, note = str(answer.get("question", "")), str(answer.get("note", ""))
    for field, role in _ROLES:
        held = answer.get(field) or []
        for one in held if isinstance(held, list) else [held]:
            whole = one.get("sentence", one)
            claim = _claimed(one, whole)
            whole_sentence = (one["start"], one["end"]) == (claim.start, claim.end)
            marked = None if whole_sentence else Span(one["start"], one["end"])
            yield _Quoted(question, role, claim, marked, note)
    for one in (answer.get("passages") or []) if passages else []:
        yield _Quoted(question, "passage", _claimed(one, one), None)


def _claimed(one: dict[str, Any], place: dict[str, Any]) -> Claimed:
    """The claim of an exported quotation; the hash of its document stands in it."""
    return Claimed(
        str(one["document"]),
        int(place["start"]),
        int(place["end"]),
        str(place["text"]),
        one.get("content_hash"),
    )
