"""The report of a checked draft: the draft's sentences with what the archive says, as a page."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from index.text.visible import one_line
from qa.archive.draft import CheckedSentence, Difference, Finding

_STYLE = """
:root { color-scheme: light dark; --ok: #1a7f4b; --bad: #b3261e; --none: #8a6100; }
body { font: 1rem/1.55 Georgia, serif; max-width: 48rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } p, li { margin: .3rem 0; }
article { border-left: 4px solid var(--c); padding: .2rem 0 .2rem 1rem; margin: 1.1rem 0;
 break-inside: avoid; }
.supported { --c: var(--ok); } .differs { --c: var(--bad); } .nothing { --c: var(--none); }
.finding { color: var(--c); font: 600 .85rem system-ui, sans-serif; }
.place, .note { font: .85rem/1.5 system-ui, sans-serif; color: #666; }
del { text-decoration: underline wavy var(--bad); } q { font-style: italic; }
@media (prefers-color-scheme: dark) {
 :root { --ok: #5ec98f; --bad: #ff8a80; --none: #e6b450; } .place, .note { color: #aaa; } }
"""


def told(difference: Difference) -> str:
    """A difference in one line: the draft's words and the archive's.

    Example:
        >>> from index import Span
        >>> told(Difference("number", Span(0, 2), "49", ("105",)))
        'draft: 49; archive: 105'
    """
    archive = " or ".join(difference.archive) or f"no such {difference.kind} there"
    return f"draft: {difference.draft}; archive: {archive}"


def counted(checked: Sequence[CheckedSentence]) -> str:
    """How many sentences there are of each finding.

    Example:
        >>> counted([])
        '0 supported, 0 differ, 0 nothing in the archive'
    """
    count = Counter(one.finding for one in checked)
    return (
        f"{count[Finding.SUPPORTED]} supported, {count[Finding.DIFFERS]} differ, "
        f"{count[Finding.NOTHING]} {Finding.NOTHING.value}"
    )


def as_html(name: str, checked: Sequence[CheckedSentence]) -> str:
    """The report as one page without scripts.

    Args:
        name: the draft's name.
        checked: its sentences.

    Returns:
        The page.
    """
    body = "\n".join(_article(one) for one in checked)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Draft checked</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>
<body><h1>{escape(one_line(name))}: {counted(checked)}</h1>
<p class="note">“Supported” means that a sentence of the archive speaks of the same thing and states
the draft's numbers, dates, names and quotations. Read it before you rely on it.</p>
{body}
</body></html>
"""


def _article(one: CheckedSentence) -> str:
    notes = "".join(f"<li>{escape(one_line(told(it)))}</li>" for it in one.differences)
    cited = one.evidence
    evidence = ""
    if cited:
        evidence = (
            f"<p><q>{escape(' '.join(cited.quote.split()))}</q></p>"
            f'<p class="place">{escape(one_line(cited.place()))}</p>'
        )
    return f"""<article class="{one.finding.name.lower()}">
<p>{_marked(one)}</p><p class="finding">{one.finding.value}</p>
{f"<ul>{notes}</ul>" if notes else ""}{evidence}{_others(one)}
</article>"""


def _others(one: CheckedSentence) -> str:
    return "".join(
        "<p>Another document states another number: "
        f"<q>{escape(' '.join(it.quote.split()))}</q></p>"
        f'<p class="place">{escape(one_line(it.place()))}</p>'
        for it in one.others
    )


def _marked(one: CheckedSentence) -> str:
    """The draft's sentence with what differs marked."""
    parts, at = [], 0
    for difference in one.differences:
        start, end = difference.span.start - one.span.start, difference.span.end - one.span.start
        parts.append(f"{escape(one.text[at:start])}<del>{escape(one.text[start:end])}</del>")
        at = end
    return "".join(parts) + escape(one.text[at:])
