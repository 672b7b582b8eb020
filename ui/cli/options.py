"""Arguments, options and the exit code that several commands share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from index.ingest.order import First

FAULT = 1
MISTAKE = 2
INTERRUPTED = 130
NOT_ANSWERED = 3
"""The exit code where the documents do not answer, or nothing is found."""

EmbeddedFirst = Annotated[
    First,
    typer.Option(
        "--first", metavar="newest|oldest", help="Which documents get their vectors first."
    ),
]
IndexPlace = Annotated[
    str,
    typer.Option(
        "--index",
        envvar="QUOTH_INDEX",
        metavar="DIR",
        help="The index's folder, or a server: postgresql://…",
    ),
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A file of settings, as a sweep's best.toml.")
]
Asked = Annotated[list[str], typer.Argument(metavar="QUESTION", help="What you want to know.")]
Shown = Annotated[int, typer.Option("-k", min=1, help="How many passages to show.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published on 2022-09-13 or later.")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
]
Named = Annotated[
    str | None, typer.Option("--doc", metavar="PATTERN", help="Only names like this: '*.txt'.")
]
In = Annotated[
    str | None, typer.Option("--in", metavar="FOLDER", help="Only documents in this folder.")
]
NoReader = Annotated[
    bool, typer.Option("--no-reader", help="Answer with whole sentences, without the reader.")
]
UseReader = Annotated[
    str | None,
    typer.Option(
        "--reader", metavar="NAME", help="A question-answering model: a name or a folder."
    ),
]
UseReranker = Annotated[
    str | None,
    typer.Option("--reranker", metavar="NAME", help="A CrossEncoder: a name or a folder."),
]
UseWeighting = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="What `quoth eval calibrate` fitted for the reader."),
]
Precision = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="The share of answers given that are to be right: .9"),
]
Seconds = Annotated[
    float, typer.Option(min=0.1, help="The most seconds that reading one document may take.")
]
Memory = Annotated[int, typer.Option(min=50, help="The most MB that reading one file may take.")]
Ocr = Annotated[bool, typer.Option("--ocr", help="Read scanned pages, with tesseract.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
AsCsv = Annotated[
    bool, typer.Option("--csv", help="Print a row for each sentence, for a spreadsheet.")
]


def given(options: Mapping[str, object]) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}
