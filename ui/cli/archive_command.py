"""Commands about the whole archive: mentions, timeline, summary, check and pack."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.options import NOT_ANSWERED, AsCsv, AsJson, Asked, From, In, IndexPlace, Named, To

app = typer.Typer()


@app.command()
def mentions(
    phrase: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="A name or phrase; in quotation marks an exact one."),
    ],
    index: IndexPlace = ".quoth",
    documents: Annotated[int, typer.Option("-k", min=1, help="How many documents to show.")] = 20,
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    aliases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Other forms of names, a line each. [default: quoth-aliases.txt by the index]",
        ),
    ] = None,
    *,
    case: Annotated[bool, typer.Option("--case", help="Capitals must be as typed.")] = False,
    meaning: Annotated[
        bool,
        typer.Option("--meaning", help="Sentences near it in meaning, not those that name it."),
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show and count every mention of a name or phrase, or prove that there is none."""
    from ui.cli import actions, archive_actions  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    form = "json" if as_json else "csv" if as_csv else "text"
    named = " ".join(phrase)
    if not archive_actions.mentions(
        named, index, documents, where, form, aliases, case=case, meaning=meaning
    ):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def says(
    question: Asked,
    index: IndexPlace = ".quoth",
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    today: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The day 'last September' is counted from. [default: today]"
        ),
    ] = None,
    *,
    over_time: Annotated[
        bool, typer.Option("--over-time", help="How the figure changed: the numbers, by date.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show every answer that the documents give to a question, with who gives it and when."""
    from ui.cli import actions, archive_actions  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    day = actions.date_stated(today) if today else dt.date.today()  # noqa: DTZ011
    form = "json" if as_json else "csv" if as_csv else "text"
    if not archive_actions.says(" ".join(question), index, where, day, form, over_time=over_time):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def timeline(
    about: Annotated[
        list[str], typer.Argument(metavar="NAME|QUESTION", help="A name or phrase, or a question.")
    ],
    index: IndexPlace = ".quoth",
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    *,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What happened when: the sentences that state a date, by that date."""
    from ui.cli import actions, archive_actions  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    form = "json" if as_json else "csv" if as_csv else "text"
    if not archive_actions.timeline(" ".join(about), index, where, form):
        raise typer.Exit(NOT_ANSWERED)


@app.command("summary")
def summarize(
    about: Annotated[
        list[str], typer.Argument(metavar="NAME|QUESTION", help="A name or phrase, or a question.")
    ],
    index: IndexPlace = ".quoth",
    sentences: Annotated[int, typer.Option("-n", min=1, help="How many sentences at most.")] = 8,
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the most representative sentences about something, by date. No text is generated."""
    from ui.cli import actions, writing_actions  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    if not writing_actions.summarize(" ".join(about), index, where, sentences, as_json=as_json):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def check(
    draft: Annotated[
        Path, typer.Argument(metavar="DRAFT", help="A .md, .docx, .txt or other file.")
    ],
    index: IndexPlace = ".quoth",
    published_from: From = None,
    published_to: To = None,
    document: Named = None,
    folder: In = None,
    dated: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day of the draft. [default: as it states]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report, an .html file.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check a draft: find what supports each sentence, and what contradicts it."""
    from ui.cli import actions, draft_action  # noqa: PLC0415 -- loaded when it is needed

    where = actions.where_(published_from, published_to, document, folder)
    if not draft_action.check(draft, index, where, dated, out, as_json=as_json):
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def pack(
    exported: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="Answers that `ask --json` or a batch wrote, or notebooks."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The pack to write, a .zip file.")],
    index: IndexPlace = ".quoth",
    *,
    passages: Annotated[
        bool, typer.Option("--passages", help="Pack the passages too, beside the answers.")
    ] = False,
) -> None:
    """Pack quotations with their files as evidence that `quoth verify` checks anywhere."""
    from ui.cli import evidence_actions  # noqa: PLC0415 -- loaded when it is needed

    evidence_actions.pack(exported, out, index, passages=passages)
