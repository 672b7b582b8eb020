"""The actions of the `quoth` command, called with parsed options."""

import datetime as dt
import importlib.util
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index import (
    AllOf,
    Index,
    InFolder,
    NameMatches,
    PublishedFrom,
    PublishedTo,
    QuothError,
    Where,
    load_encoder,
)
from index.engines.at import engine_at, is_on_server
from index.work import queue_of
from qa import Settings
from qa.reader.base import NONE
from qa.retrieval.find import find as find_passages
from ui.cli import console
from ui.cli.options import given

if TYPE_CHECKING:
    from qa import Answer, CitedPassage


def ask(
    question: str,
    index: str,
    passages: int,
    where: Where | None,
    settings: Settings,
    today: str | None,
    *,
    following: bool,
    writing: Literal["write", "dry run"] | None,
    as_json: bool,
) -> bool:
    """Print the answer and the requested extras; return whether there is an answer.

    `following` adds follow-up questions. `writing` adds a written answer, or only shows what would
    be sent to the writer.
    """
    day = date_stated(today) if today else dt.date.today()  # noqa: DTZ011 -- the person's own day
    from qa import Assistant, follow_ups  # noqa: PLC0415 -- finding starts faster without
    from qa.ranking.weights import UNCALIBRATED  # noqa: PLC0415

    if writing:
        from qa.writing.quotations import MOST  # noqa: PLC0415
        from ui.cli import writing_actions  # noqa: PLC0415

        writer = writing_actions.writer_that_is_set() if writing == "write" else None
    with Assistant.open(index, settings=settings) as assistant:
        if not assistant.calibrated:
            console.err.print(UNCALIBRATED, markup=False)
        found = assistant.ask(question, passages, where, day)
        after = follow_ups(assistant, found, where, day) if following else None
        if writing:
            all_found = assistant.ask(question, max(passages, MOST), where, day)
        if writing == "dry run":
            writing_actions.show_what_is_sent(all_found, as_json=as_json)
            return True
        if not as_json or not writing:
            show_answer(found, after, as_json=as_json)
        if writing and writer:
            given = writing_actions.write(assistant, all_found, writer, as_json=as_json)
            if as_json:
                show_answer(found, after, written=given.as_json(), as_json=True)
    return found.answer is not None


def show_answer(
    found: "Answer",
    following: "Sequence[Answer] | None",
    *,
    written: dict[str, object] | None = None,
    as_json: bool,
) -> None:
    """Print an answer, the follow-up questions if they were asked for, and a written answer."""
    if as_json:
        told: dict[str, object] = {}
        if following is not None:
            told["next"] = [one.as_json() for one in following]
        if written is not None:
            told["written"] = written
        console.as_json({**found.as_json(), **told})
        return
    console.words_only(found.unembedded)
    console.answer(found)
    console.follow_ups(following or ())


def find(
    question: str,
    index: str,
    passages: int,
    where: Where | None,
    settings: Settings,
    *,
    as_json: bool,
) -> bool:
    """Print the passages found for a question; return whether there are any."""
    with Index.open(index) as opened:
        searched = opened.restricted_to(where)
        found = find_passages(searched, question, passages, settings.fusion)
        left_out, unembedded = searched.undated(), opened.count_unembedded()
        none_pass = where is not None and not found and not searched.count_documents()
    show_found(question, found, (left_out, unembedded), none_pass=none_pass, as_json=as_json)
    return bool(found)


def show_found(
    question: str,
    found: "Sequence[CitedPassage]",
    counts: tuple[int, int],
    *,
    none_pass: bool,
    as_json: bool,
) -> None:
    """Print passages. `counts` are the undated documents left out and the passages not embedded."""
    left_out, unembedded = counts
    if as_json:
        shown = [one.as_json() for one in found]
        told = {"passages": shown, "undated": left_out, "unembedded": unembedded}
        console.as_json({"question": question, **told})
    else:
        console.words_only(unembedded)
        console.undated(left_out)
        if none_pass:
            console.out.print("No document passes the filter.")
        console.passages(found)


def serve(
    index: str,
    host: str,
    port: int,
    auth: str | None,
    settings: Settings,
    *,
    no_auth: bool,
    allow_add: Sequence[Path],
    addresses: Sequence[str],
    mcp: bool,
    log: bool,
) -> None:
    """Serve the web page until interrupted."""
    from ui.web import server  # noqa: PLC0415 -- Gradio takes seconds to load
    from ui.web.security import is_loopback  # noqa: PLC0415
    from ui.web.sign_in import SignIn  # noqa: PLC0415

    if mcp and importlib.util.find_spec("mcp") is None:
        raise QuothError(
            "--mcp needs the package mcp; run in the folder of Quoth: "
            "pip install -e '.[mcp]' -c constraints.txt"
        )
    engine = engine_at(index)
    place = engine.place
    if not engine.exists() and (is_loopback(host) or allow_add):
        Index.create(index, load_encoder()).close()
        console.err.print(f"there was no index in {place}; an empty one is made", markup=False)
    sign_in = None
    if auth is not None:
        sign_in = SignIn.of(auth) if ":" in auth else SignIn.read(Path(auth))
        if ":" in auth:
            kept = engine.folder.with_name(f"{engine.folder.name}-auth")
            sign_in.write(kept)
            console.err.print(f"the sign-in is saved as a hash: --auth {kept}", markup=False)
    server.serve(
        index,
        host,
        port,
        sign_in,
        open_to_all=no_auth,
        allow_add=allow_add,
        addresses=addresses,
        mcp=mcp,
        settings=settings,
        log=log,
        warned=lambda notice: console.err.print(notice, markup=False),
        told=lambda address: console.out.print(f"serving {place} at {address}", markup=False),
    )


def list_documents(index: str, *, as_json: bool) -> None:
    """Show the documents."""
    with Index.open(index) as opened:
        listed = opened.documents()
    if as_json:
        rows = [
            {key: value for key, value in asdict(one).items() if key != "key"} for one in listed
        ]
        console.as_json(rows)
    else:
        console.documents(listed)


def list_copies(index: str, *, as_json: bool) -> None:
    """Show the stories that several documents tell."""
    with Index.open(index) as opened:
        groups = opened.stories().groups()
    if as_json:
        console.as_json([[one.name for one in group] for group in groups])
    else:
        console.copies(groups)


def remove(names: list[str], index: str) -> None:
    """Remove documents."""
    with Index.open(index) as opened:
        gone = opened.remove(names)
    console.out.print(f"{len(gone)} removed", markup=False)


def status(index: str, *, as_json: bool) -> None:
    """Show what the index holds."""
    with Index.open(index) as opened:
        one = opened.status()
    queue = queue_of(index) if is_on_server(index) else None
    if as_json:
        console.as_json(asdict(one) | ({"queue": asdict(queue)} if queue else {}))
    else:
        console.status(one, queue)


def repair(index: str) -> None:
    """Rebuild damaged files."""
    with Index.open(index) as opened:
        faults = opened.repair()
    for fault in faults:
        console.out.print(f"rebuilt: {fault}", markup=False)
    if not faults:
        console.out.print("nothing is damaged", markup=False)


def asking(
    config: Path | None,
    reader: str | None = None,
    reranker: str | None = None,
    weighting: str | None = None,
    precision: float | None = None,
    *,
    no_reader: bool,
) -> Settings:
    """The settings of asking."""
    if no_reader and reader:
        raise QuothError("--reader and --no-reader exclude one another; leave one of them out")
    settings = Settings.read(config) if config else Settings()
    if no_reader:  # a weighting named in the file is for the reader named there
        reader, weighting = NONE, weighting or NONE
    chosen = {
        "reader": reader,
        "reranker": reranker,
        "weighting": weighting,
        "precision": precision,
    }
    return settings.having(given(chosen))


def where_(
    published_from: str | None, published_to: str | None, document: str | None, folder: str | None
) -> Where | None:
    """The filters of the options, all of which must pass."""
    filters: list[Where] = []
    if published_from:
        filters.append(PublishedFrom(date_stated(published_from)))
    if published_to:
        filters.append(PublishedTo(date_stated(published_to)))
    if document:
        filters.append(NameMatches(document))
    if folder:
        filters.append(InFolder(folder))
    return AllOf(tuple(filters)) if filters else None


def date_stated(stated: str) -> dt.date:
    """Parse a date such as 2022-09-13. Raises QuothError if it is not a date."""
    try:
        return dt.date.fromisoformat(stated)
    except ValueError as error:
        message = f"{stated!r} is not a date; write it as 2022-09-13"
        raise QuothError(message) from error
