"""Citations and answers in the forms that people paste."""

import json
import re
from collections.abc import Callable

from qa.answer import Answer, Quotation
from qa.citation import Citation

_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")


def plain(citation: Citation, quote: str | None = None) -> str:
    """The quotation in quotation marks, then its place."""
    return f"“{_line(quote or citation.quote)}” {_line(citation.place())}"


def reference(citation: Citation, quote: str | None = None) -> str:
    """The quotation in quotation marks, then its reference in brackets."""
    return f"“{_line(quote or citation.quote)}” ({_line(citation.reference())})"


def markdown(citation: Citation, quote: str | None = None) -> str:
    """The quotation as a block, then its place."""
    return f"> {_escaped(quote or citation.quote)}\n>\n> — {_escaped(citation.place())}"


def bibtex(citation: Citation, quote: str | None = None) -> str:
    """An entry of BibTeX; the quotation and its place are its note."""
    fields = {
        "title": citation.title,
        "author": citation.author,
        "date": citation.published if citation.dated == citation.published else None,
        "howpublished": citation.document,
        "note": f"{_uncertain(citation)}{_where(citation)}: “{quote or citation.quote}”",
    }
    lines = [
        f"  {name} = {{{_line(value).translate(_BIBTEX)}}}"
        for name, value in fields.items()
        if value
    ]
    return f"@misc{{{_key(citation)},\n" + ",\n".join(lines) + "\n}"


def csl_json(citation: Citation, quote: str | None = None) -> str:
    """A list of one item in CSL-JSON, as Zotero and Pandoc take it."""
    item: dict[str, object] = {
        "id": _key(citation),
        "type": "article",
        "title": citation.title,
        "archive_location": citation.document,
        "note": f"{_where(citation)}: “{quote or citation.quote}”",
    }
    if citation.author:
        item["author"] = [{"literal": citation.author}]
    if citation.published:
        parts = [int(part) for part in citation.published.split("-")]
        uncertain = citation.dated != citation.published
        item["issued"] = {"date-parts": [parts], **({"circa": True} if uncertain else {})}
    if citation.page:
        item["page" if citation.page.startswith("page ") else "section"] = (
            citation.page.removeprefix("page ")
        )
    return json.dumps([item], ensure_ascii=False, indent=1)


STYLES: dict[str, Callable[[Citation, str | None], str]] = {
    "plain": plain,
    "reference": reference,
    "Markdown": markdown,
    "BibTeX": bibtex,
    "CSL-JSON": csl_json,
}
"""The forms a citation can be copied in."""


def answer_markdown(answer: Answer) -> str:
    """An answer with its citations, for keeping or mailing."""
    lines = [f"# {_escaped(answer.question)}", ""]
    if answer.answer is None:
        lines += [" ".join([answer.refusal(), *map(_escaped, answer.reasons)])]
        if answer.possible:
            lines += ["", "## A possible answer", "", *_answered(answer.possible)]
        lines += ["", "## The nearest passages", ""]
    else:
        if answer.verdict:
            lines += [f"{answer.verdict.capitalize()}, as Quoth reads this sentence:", ""]
        lines += _answered(answer.answer)
        if told := answer.sources():
            lines += [f"{told.capitalize()}.", ""]
            lines += [f"- also {_escaped(one.citation.place())}" for one in answer.agreeing]
            lines += [""] if answer.agreeing else []
        if answer.members:
            lines += ["## Also named", ""]
            lines += [line for member in answer.members for line in _answered(member)]
        if answer.others:
            lines += ["## Other documents say", ""]
            lines += [line for other in answer.others for line in _answered(other)]
        lines += ["## Evidence", ""]
    for passage in answer.passages:
        lines += [f"{passage.rank}.", "", markdown(passage.citation), ""]
    return "\n".join(lines)


def _answered(said: Quotation) -> list[str]:
    short = [] if said.sentence == said.citation else [f"**{_escaped(said.text)}**", ""]
    told = [f"{date}." for date in said.worked_out]
    if said.said_by:
        told.insert(0, f"Attributed to {said.said_by}.")
    dates = [line for one in told for line in (_escaped(one), "")]
    return [*short, markdown(said.sentence), "", *dates, f"Confidence {said.confidence:.0%}.", ""]


def _uncertain(citation: Citation) -> str:
    """What an entry says of a date that only a file's name or properties have."""
    return f"dated {citation.dated}; " if citation.dated != citation.published else ""


def _where(citation: Citation) -> str:
    page = f"{citation.page}, " if citation.page else ""
    return f"{page}paragraph {citation.paragraph}, characters {citation.start}–{citation.end}"


def _key(citation: Citation) -> str:
    return f"quoth-{citation.content_hash[:8]}-{citation.start}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """One line in which nothing is Markdown."""
    return _MARKDOWN.sub(r"\\\1", _line(text))
