"""What `quoth notebook` and `quoth news` do and print."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.text import Text

from index import Index, QuothError
from index.durable_files import plain_faults, replace_whole
from index.engines.at import folder_beside
from index.text.visible import one_line
from qa import Assistant
from qa.archive.aliases import aliases_file
from qa.archive.news import News
from qa.archive.news import news as news_of
from qa.archive.notebook import SUFFIX, Notebook, NotebookEntry, markdown_of
from qa.archive.phrase import Phrase
from qa.language.question import Question
from ui.cli import console


def new(path: Path, title: str) -> None:
    """Begin a notebook."""
    if not path.name.endswith(SUFFIX):
        raise QuothError(f"{path}: a notebook's name ends in {SUFFIX}")
    if path.exists():
        raise QuothError(f"{path} is there already; give another name")
    Notebook(title or path.name.removesuffix(SUFFIX)).write(path)
    console.out.print(f"{path}: a new notebook", markup=False)


def pin(path: Path, question: str, index: str, note: str) -> bool:
    """Pin the sentence that answers a question; return whether there is one."""
    notebook = Notebook.read(path)
    with Assistant.open(index) as assistant:
        answer = assistant.ask(question, today=dt.date.today())  # noqa: DTZ011
    if answer.answer is None:
        console.err.print(f"not pinned: {' '.join(answer.reasons)}", markup=False)
        return False
    notebook = notebook.with_quotation(answer.answer, note, answer.question)
    notebook.write(path)
    _entry(notebook.entries[-1])
    return True


def follow(path: Path, about: str, note: str, *, name: bool) -> None:
    """Add a standing question or a name."""
    notebook = Notebook.read(path)
    if name:
        notebook = notebook.with_name(Phrase.parse(about).text, note)
    else:
        notebook = notebook.with_question(Question.parse(about).text, note)
    notebook.write(path)
    _entry(notebook.entries[-1])


def change(path: Path, how: Callable[[Notebook], Notebook]) -> None:
    """Change a notebook and show it."""
    notebook = how(Notebook.read(path))
    notebook.write(path)
    for one in notebook.entries:
        _entry(one)


def show(path: Path, index: str, *, as_json: bool) -> None:
    """Print the entries, and the quotations that no longer match their documents."""
    notebook = Notebook.read(path)
    with Index.open(index) as opened:
        quoted = {str(one.cited["document"]) for one in notebook.entries if one.cited}
        documents = {
            one.name: opened.document(one.key) for one in opened.documents() if one.name in quoted
        }
        faults = {entry.id: fault for entry, fault in notebook.faults(documents)}
    if as_json:
        entries = [{**one.as_json(), "fault": faults.get(one.id)} for one in notebook.entries]
        console.as_json({"title": notebook.title, "entries": entries})
        return
    console.out.print(Text(one_line(notebook.title), style="bold"))
    for one in notebook.entries:
        _entry(one)
        if one.id in faults:
            console.indented(Text(one_line(faults[one.id]), style="red"), 2)


def export(path: Path, out: Path) -> None:
    """Write a notebook as Markdown."""
    if out.resolve() == path.resolve():
        raise QuothError(f"{out} is the notebook itself; give --out another name")
    with plain_faults(out):
        replace_whole(out, markdown_of(Notebook.read(path)).encode("utf-8", "replace"))
    console.out.print(f"{out}", markup=False)


def news(path: Path, index: str, *, peek: bool, as_json: bool) -> bool:
    """Print what is new; whether anything is."""
    before = Notebook.read(path)
    with Assistant.open(index) as assistant:
        found, after = news_of(
            assistant,
            before,
            dt.date.today(),  # noqa: DTZ011
            aliases=aliases_file(folder_beside(index)),
        )
    if not peek:
        after.write(path)
    if as_json:
        console.as_json([one.as_json() for one in found])
    else:
        _print_news(found)
    if not found and not as_json:
        console.out.print("nothing new", markup=False)
    return bool(found)


def news_while_watching(path: Path, index: str) -> None:
    """Print what is new for a notebook, if anything is, and mark it as seen."""
    try:
        before = Notebook.read(path)
        with Assistant.open(index) as assistant:
            found, after = news_of(
                assistant,
                before,
                dt.date.today(),  # noqa: DTZ011
                aliases=aliases_file(folder_beside(index)),
            )
        after.write(path)
    except QuothError as error:  # watching goes on
        console.err.print(str(error), markup=False, style="red")
        return
    _print_news(found)


def _print_news(found: Sequence[News]) -> None:
    for one in found:
        about = Text(one_line(one.entry.text), style="bold")
        console.out.print(about + Text(f"  {one.kind}: {one_line(one.told)}", style="not bold"))
        if one.quotation:
            sentence = one.quotation.sentence
            console.indented(Text(f"“{one_line(' '.join(sentence.quote.split()))}”"), 2)
            console.indented(Text(one_line(sentence.place()), style="dim"), 2)


def _entry(one: NotebookEntry) -> None:
    quote = f"“{' '.join(one.text.split())}”" if one.kind == "quotation" else one.text
    console.out.print(Text(f"{one.id}. {one.kind}  ", style="dim") + Text(one_line(quote)))
    if one.cited:
        told = (one.cited.get("title"), one.cited.get("published"), one.cited["document"])
        place = ", ".join(str(part) for part in told if part)
        console.indented(Text(one_line(place), style="dim"), 2)
    if one.note:
        console.indented(Text(one_line(one.note), style="italic"), 2)
