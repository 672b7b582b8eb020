"""What `quoth add`, `quoth embed` and `quoth watch` do."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from index import AddReport, Index, Limits, QuothError, load_encoder
from index.durable_files import plain_faults
from index.embedding.load import COMPILED
from index.engines.at import engine_at
from index.ingest.order import First
from index.parsing.remote_files import is_remote, remote_files
from index.parsing.skip_reasons import SkipFileError, Skipped
from index.text.tokens import token_counter
from qa import Notebook, Settings, has_names, load_recognizer, make_names
from ui.cli import console
from ui.cli.options import INTERRUPTED, given

_CHANGED = {"added", "replaced", "removed"}


def add(
    paths: list[str],
    index: str,
    config: Path | None,
    stated: Mapping[str, object],
    encoder: str = COMPILED,
    limits: Limits | None = None,
    report_to: Path | None = None,
    first: First = First.NEWEST,
    *,
    sync: bool = False,
    names: bool = False,
) -> bool:
    """Add files and print a report; return whether any of them is now in the index."""
    changes = {**(Settings.changes_in(config) if config else {}), **given(stated)}
    from ui.cli.progress import bar  # noqa: PLC0415 -- asking starts faster without

    with _open_or_create(index, paths, changes, encoder) as opened:
        try:
            with bar("Adding") as tell:
                report = opened.add(paths, tell, limits=limits, sync=sync, first=first)
        except KeyboardInterrupt:
            _stopped(opened)
        console.added(report)
        console.words_only(opened.count_unembedded())
        if report_to is not None:
            content = json.dumps(report.whole_json(), ensure_ascii=False, indent=1)
            with plain_faults(report_to):
                report_to.write_text(content + "\n", encoding="utf-8")
        if names or has_names(opened):
            recognize_names(opened)
    return report.indexed_any


def recognize_names(index: Index, ner: str | None = None) -> int:
    """Recognize the names of the texts that have none yet; how many texts were read."""
    from ui.cli.progress import count_bar  # noqa: PLC0415 -- asking starts faster without

    try:
        with count_bar("Names", "texts") as tell:
            count = make_names(index, load_recognizer(ner) if ner else None, tell)
    except KeyboardInterrupt:
        console.err.print("stopped; quoth names --make goes on", markup=False)
        sys.exit(INTERRUPTED)
    if count:
        console.out.print(f"names recognized in {count:,} text{'' if count == 1 else 's'}")
    return count


def embed(index: str, first: First) -> None:
    """Embed the passages that have no vector yet."""
    from ui.cli.progress import bar  # noqa: PLC0415 -- asking starts faster without

    with Index.open(index) as opened:
        try:
            with bar("Embedding") as tell:
                count = opened.embed(tell, first)
        except KeyboardInterrupt:
            _stopped(opened)
    console.out.print(f"{count} passages embedded" if count else "every passage has its vector")


def _stopped(index: Index) -> NoReturn:
    """Say what an interrupted add or embed has left, and end."""
    index.refresh()
    if count := index.count_unembedded():
        console.err.print("stopped; what was read is in the index", markup=False)
        console.words_only(count)
        console.err.print("quoth add goes on with files that were not read", markup=False)
    else:
        console.err.print("stopped; what was committed stays, add again to go on", markup=False)
    sys.exit(INTERRUPTED)


def watch(paths: list[str], index: str, limits: Limits, notebook: Path | None) -> None:
    """Keep the index up to date with `paths` until interrupted."""
    from index.watch import watch as keep_up  # noqa: PLC0415 -- for this command only

    shown = console.Rounds()

    def told(done: AddReport | QuothError) -> None:
        shown(done)
        if isinstance(done, AddReport) and set(done.counts()) & _CHANGED and has_names(opened):
            try:
                recognize_names(opened)
            except QuothError as error:  # watching goes on; the next change tries again
                shown(error)
        if notebook and isinstance(done, AddReport) and set(done.counts()) & _CHANGED:
            from ui.cli import notebook_actions  # noqa: PLC0415 -- only with a notebook

            notebook_actions.news_while_watching(notebook, index)

    if notebook:
        Notebook.read(notebook)  # a damaged one is reported before the watching begins
    with _open_or_create(index, paths, {}, COMPILED) as opened:
        console.out.print(f"watching {', '.join(paths)}; press Ctrl-C to stop", markup=False)
        try:
            keep_up(opened, paths, told, limits)
        except KeyboardInterrupt:
            console.out.print("stopped; the index is whole", markup=False)
            console.words_only(opened.count_unembedded())


def _check_storage(urls: list[str]) -> None:
    """Raise QuothError if no file is at or under any of the addresses."""
    for url in urls:
        try:
            remote_files(url)
        except SkipFileError as skip:
            told = Skipped(url, skip.reason, skip.detail)
        else:
            return
    raise QuothError(told.message)


def _open_or_create(
    index: str, paths: list[str], changes: dict[str, object], encoder: str
) -> Index:
    """Open the index, or create it; an existing index must have the settings in `changes`."""
    engine = engine_at(index)
    if engine.exists():
        opened = Index.open(index)
        kept = Settings(model=opened.status().model, chunks=opened.settings)
        asked = kept.having(changes)
        if (asked.chunks, asked.model) != (kept.chunks, kept.model):
            opened.close()
            message = (
                f"the index {engine.place} was made with other settings and every document must "
                "be cut and embedded alike; leave the options out, or make a new index with --index"
            )
            raise QuothError(message)
        opened.close()
        return Index.open(index, load_encoder(kept.model, encoder) if encoder != COMPILED else None)
    remote = [path for path in paths if is_remote(path)]
    if remote and len(remote) == len(paths):
        _check_storage(remote)
    elif not any(is_remote(path) or os.path.lexists(path) for path in paths):
        message = f"{paths[0]}: there is no such file or folder; check the path"
        raise QuothError(message)
    settings = Settings().having(changes)
    token_counter(settings.chunks.tokens)
    engine.check_new()
    return Index.create(index, load_encoder(settings.model, encoder), settings.chunks)
