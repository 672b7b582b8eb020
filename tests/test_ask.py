"""Asking: answers are quotations, hostile questions are only questions, nothing is fetched."""

import datetime as dt
import json
import socket
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from index import (
    AllOf,
    Document,
    Encoder,
    Found,
    Index,
    NameMatches,
    PublishedFrom,
    QuothError,
    Span,
    load_encoder,
)
from index.documents import Part, Place, Region
from index.text.matching import matching_text
from qa import Assistant, Claimed, check, cite, read_exported
from qa.archive.export import csl_json

EXAMPLE = "who brokered the September 13 ceasefire?"


@pytest.fixture(scope="module")
def brief(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Answers from one short note, for questions of which there are many."""
    folder = tmp_path_factory.mktemp("brief")
    (folder / "note.txt").write_text(
        "The mill\n\nThe mill in Sorrel Quay closed on 5 May 2021 after a fire.\n\n"
        "Its 48 workers found other places within a year, said the mayor, Ada Hult.\n"
    )
    index = Index.create(folder / "index", encoder)
    index.add([str(folder / "note.txt")])
    return Assistant(index)


def answered_by_quotation(assistant: Assistant, question: str) -> None:
    """Every passage and the answer are slices of their documents."""
    answer = assistant.ask(question)
    index = assistant.index
    by_name = {one.name: index.document(one.key).text for one in index.documents()}
    cited = [passage.citation for passage in answer.passages]
    if answer.answer:
        cited += [answer.answer.citation, answer.answer.sentence]
    for citation in cited:
        assert by_name[citation.document][citation.start : citation.end] == citation.quote
    for passage in answer.passages:
        for span in passage.highlights:
            assert Span(passage.citation.start, passage.citation.end).holds(span)


def test_the_example_is_answered_with_moscow_and_the_sentence_that_says_so(
    assistant: Assistant,
) -> None:
    answer = assistant.ask(EXAMPLE)
    assert answer.answer is not None
    assert answer.answer.text == "Moscow"
    assert "brokered by Moscow on September 13" in answer.answer.sentence.quote
    assert answer.answer.citation.paragraph == 2
    assert answer.passages[0].citation.start <= answer.answer.citation.start
    answered_by_quotation(assistant, EXAMPLE)


def test_what_the_articles_do_not_say_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("Who won the 2022 FIFA World Cup?")
    assert answer.answer is None
    assert answer.passages


def test_the_author_and_date_of_an_article_are_quoted_from_where_they_stand(
    assistant: Assistant,
) -> None:
    title = "Russia and France denouncing Turkey"
    author = assistant.ask(f"Who wrote the article about {title}?").answer
    assert author is not None
    assert author.text == "Alex Lantier"
    published = assistant.ask(f"When was the article about {title} published?").answer
    assert published is not None
    assert published.text == "1 October 2020"
    title = assistant.ask("What is the title of the article by Alex Lantier?").answer
    assert title is not None
    assert "Turkey" in title.text
    footer = assistant.ask("Who wrote the article about the Azerbaijani-Armenian clashes?").answer
    assert footer is not None
    assert footer.text == "William Ferguson"


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the UN report?",
        "Who was the author of the ceasefire agreement?",
        "What is the name in the clashes history?",
        "What was the date of the postponed NATO war with Russia?",
        "When was the document on the Azerbaijani-Armenian ceasefire signed?",
        "What is the name of the post office in Ukraine?",
        "Who wrote the text message about Russia and Ukraine?",
    ],
)
def test_a_fact_of_the_article_answers_only_a_question_about_the_article(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question).answer
    facts = {"Alex Lantier", "William Ferguson", "1 October 2020"}
    assert answer is None or answer.text not in facts
    assert answer is None or "erupt" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote this article about Russia and France denouncing Turkey?",
        "who is the author of the news story on Russia and France denouncing Turkey",
        "Who authored the article titled “Russia and France denounce Turkey”?",
    ],
)
def test_a_question_about_the_article_is_answered_with_its_fact(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question).answer
    assert answer is not None
    assert answer.text == "Alex Lantier"


def test_a_fact_of_the_article_competes_with_what_the_texts_say(empty: Index) -> None:
    empty.add_documents(
        [
            Document(
                "mill.txt",
                "The story of the mill\n\nBy Ann Author\n\nPeter Brook wrote the story of the "
                "mill. Peter Brook wrote it in 1911 while he lived in the valley.",
                Found("The story of the mill", "given"),
                author=Found("Ann Author", "byline", span=Span(26, 36)),
                regions=(
                    Region(Span(0, 21), Part.MASTHEAD),
                    Region(Span(26, 36), Part.MASTHEAD),
                ),
            )
        ]
    )
    answer = Assistant(empty).ask("Who wrote the story of the mill?")
    assert answer.answer is not None
    said = [answer.answer.text, *(other.text for other in answer.others)]
    assert any("Peter Brook" in text for text in said)


def test_the_author_is_found_among_many_documents_of_the_same_subject(empty: Index) -> None:
    words = ["harbour", "winter", "night", "captain", "storm", "museum", "island", "summer"]
    documents = []
    for number in range(600):
        title = f"The ferry of the {words[number % 8]} {number}"
        byline = Span(len(title) + 5, len(title) + 5 + len(f"Ann Author{number}"))
        text = (
            f"{title}\n\nBy Ann Author{number}\n\nThe story of the ferry is told by the {words[0]}."
        )
        documents.append(
            Document(
                f"{number}.txt",
                text,
                Found(title, "given"),
                author=Found(f"Ann Author{number}", "byline", span=byline),
            )
        )
    empty.add_documents(documents)
    answer = Assistant(empty).ask("Who wrote the story of the ferry of the island 414?").answer
    assert answer is not None
    assert answer.text == "Ann Author414"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Who wrote the article titled harbour strike?", "Ann Author"),
        ("Who wrote the article titled Marés?", "Bo Rask"),
        ("What is the title of the article by Ann Blackwood?", "The tides of Orkney"),
    ],
)
def test_a_document_is_found_by_a_title_or_author_that_its_text_does_not_have(
    empty: Index, asked: str, answer: str
) -> None:
    tides = "The tides of Orkney\n\nThe sea rose by two metres on Monday."
    empty.add_documents(
        [
            Document(
                "one",
                "By Ann Author\n\nThe port stood still on Monday.",
                Found("harbour-strike", "file name"),
                author=Found("Ann Author", "byline", span=Span(3, 13)),
            ),
            Document(
                "two",
                "By Bo Rask\n\nThe sea rose by three metres on Tuesday.",
                Found("Marés: São Paulo’s tides", "given"),
                author=Found("Bo Rask", "byline", span=Span(3, 10)),
            ),
            Document(
                "three",
                tides,
                Found("The tides of Orkney", "first line", span=Span(0, 19)),
                author=Found("Ann Blackwood", "given"),
                regions=(Region(Span(0, 19), Part.MASTHEAD),),
            ),
        ]
    )
    found = Assistant(empty).ask(asked).answer
    assert found is not None
    assert found.text == answer


def test_a_footer_is_found_as_what_it_is_and_never_answers(assistant: Assistant) -> None:
    answer = assistant.ask("What about Turkey’s purchase of F-16 jets would be much easier?")
    footers = [passage for passage in answer.passages if passage.part.is_footer]
    assert [passage.part.value for passage in footers[:1]] == ["related"]
    assert answer.answer is None or "F-16" not in answer.answer.text


def test_a_date_filter_says_how_many_documents_state_no_date(assistant: Assistant) -> None:
    answer = assistant.ask(EXAMPLE, where=PublishedFrom(dt.date(2020, 1, 1)))
    assert {Path(p.citation.document).name[:3] for p in answer.passages} == {"000"}
    assert answer.undated == 1
    nowhere = AllOf((PublishedFrom(dt.date(2020, 1, 1)), NameMatches("*000*")))
    assert assistant.ask(EXAMPLE, where=nowhere).undated == 0


def test_a_filter_that_nothing_passes_finds_nothing(assistant: Assistant) -> None:
    answer = assistant.ask(EXAMPLE, where=NameMatches("no such name"))
    assert answer.answer is None
    assert answer.passages == ()


def test_an_empty_index_answers_nothing(empty: Index) -> None:
    answer = Assistant(empty).ask(EXAMPLE)
    assert (answer.answer, answer.passages) == (None, ())


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 1_000_000, "(" * 100_000])
def test_an_empty_or_endless_question_is_refused_in_words(
    assistant: Assistant, question: str
) -> None:
    with pytest.raises(QuothError, match="question"):
        assistant.ask(question)


def answered_by_quotation_or_told(assistant: Assistant, question: str) -> None:
    """A question without a word in it is told so; every other one is asked."""
    shown = matching_text(question.encode("utf-8", "replace").decode()).text
    if any(char.isalnum() for char in shown):
        answered_by_quotation(assistant, question)
        return
    with pytest.raises(QuothError, match=r"no word in it|is empty"):
        assistant.ask(question)


NASTY = [
    "\x00",
    "\ud800",
    "' OR 1=1 --",
    "text:(",
    '"',
    "\\",
    "* AND NOT (",
    "title:^9999",
    "+ - ! { } [ ] ~ ? :",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "﷽",
    "\u202egnorw",
    "👩🏽‍💻",
    "<script>alert(1)</script>",
    "%s%n",
    "NULL",
    "a" * 2000,
    "( " * 900,
    "who " * 400,
]


@pytest.mark.parametrize("question", NASTY)
def test_a_nasty_question_is_only_a_question(assistant: Assistant, question: str) -> None:
    answered_by_quotation_or_told(assistant, question)


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_question_is_only_a_question(brief: Assistant, question: str) -> None:
    answered_by_quotation_or_told(brief, question)


def test_the_naughty_strings_raise_nothing(brief: Assistant) -> None:
    path = SHARED / "data" / "bad_input" / "blns" / "blns.json"
    if not path.exists():
        pytest.skip(f"the big list of naughty strings is not at {path}")
    strings = json.loads(path.read_text("utf-8"))
    assert len(strings) > 500
    refused = 0
    without_reader = Assistant(brief.index, reader="none")
    for number, question in enumerate(strings):
        try:
            (without_reader if number % 25 else brief).ask(question)
        except QuothError:
            refused += 1
            wordless = not any(char.isalnum() for char in question)
            assert wordless or len(question) > 2000
    assert refused < len(strings) / 5


def test_no_connection_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: object) -> None:
        raise AssertionError(f"a connection was tried: {arguments}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    index = Index.create(tmp_path / "index", load_encoder())
    index.add([str(ROOT / "seeds")])
    assert Assistant(index).ask(EXAMPLE).answer is not None


def test_an_exported_citation_is_checked_against_the_document(
    assistant: Assistant, seeds: Index, tmp_path: Path
) -> None:
    answer = assistant.ask(EXAMPLE)
    exported = tmp_path / "answer.json"
    exported.write_text(json.dumps(answer.as_json()), "utf-8")
    claims = read_exported(exported)
    assert len(claims) == 2 + len(answer.passages)  # the answer, its sentence, the passages
    documents = {one.name: seeds.document(one.key) for one in seeds.documents()}
    assert [check(claim, documents[claim.document]) for claim in claims] == [None] * len(claims)
    first = claims[0]
    altered = Claimed(first.document, first.start, first.end, first.text + "!", first.content_hash)
    assert "does not say" in str(check(altered, documents[first.document]))
    shifted = Claimed(first.document, first.start + 1, first.end, first.text, first.content_hash)
    assert "does not say" in str(check(shifted, documents[first.document]))
    older = Claimed(first.document, first.start, first.end, first.text, "0" * 64)
    assert "has changed" in str(check(older, documents[first.document]))
    assert "no such document" in str(check(first, None))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"answer": null, "passages": []}', "3"])
def test_a_file_that_is_no_export_is_refused_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(QuothError, match=r"x\.json"):
        read_exported(path)


@pytest.mark.parametrize(
    ("label", "field", "value"),
    [("page 3", "page", "3"), ("slide 2", "section", "slide 2"), (None, "page", None)],
)
def test_csl_json_has_the_number_of_the_page(
    label: str | None, field: str, value: str | None
) -> None:
    text = "The mill closed."
    places = (Place(Span(0, len(text)), label),) if label else ()
    document = Document("x.pdf", text, Found("x", "given"), places=places)
    item = json.loads(csl_json(cite(document, Span(0, 8))))[0]
    assert item.get(field) == value


@given(st.text(min_size=1, max_size=200), st.data())
def test_a_citation_is_a_slice_with_its_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = cite(Document("x", text, Found("x", "given")), Span(start, end))
    assert text[citation.start : citation.end] == citation.quote
    assert citation.paragraph >= 1


def test_a_filter_that_no_document_passes_is_the_reason(assistant: Assistant) -> None:
    answer = assistant.ask(EXAMPLE, where=NameMatches("nowhere/*"))
    assert answer.reasons == ("No document passes the filter.",)


def test_a_name_that_no_document_has_is_not_answered_with_another(assistant: Assistant) -> None:
    asked = "Who ordered Azeri forces to fire on Ms. {}’s village on September 13?"
    right = "How many Armenian servicemen did Prime Minister Nikol {} report killed?"
    assert assistant.ask(right.format("Pashinyan")).answer
    assert assistant.ask(right.format("Pashinian")).answer  # misspelled
    answer = assistant.ask(right.format("Kowalczyk"))
    assert answer.answer is None
    assert answer.reasons == ("No document has the word “Kowalczyk”.",)
    assert assistant.ask(asked.format("Kowalczyk")).answer is None
    # No document has these words, and none of them is a name that it could be asked of.
    for question in (
        "Who brokered the ceasefire of September 13, 2022?",
        "Who Brokered The Renewed September 13 Ceasefire?",
        "Which power brokered the Trans-Soviet ceasefire on September 13?",
    ):
        assert assistant.ask(question).answer, question


_PIECES = st.sampled_from(
    ["a", "e", "\u0301", "\u0308", "é", "\u212b", "\u1100", "\u1161", "\u00ad", "\u200b", " ", "\n"]
)


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_a_view_is_composed_letter_by_letter(text: str) -> None:
    """Each letter with its accents is one, wherever what is not seen stands between them."""
    view = matching_text(text)
    kept, at = "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if text[at] not in "\u00ad\u200b":
            kept += unicodedata.normalize("NFC", text[at:end])
        elif end > at + 1:
            end = at + 1
        at = end
    cut = view.text.replace("\n", "").replace(" ", "")
    assert cut == kept.replace("\n", "").replace(" ", "")
    places = [view.span_in_text(Span(at, at + 1)) for at in range(len(view.text))]
    assert all(0 <= one.start <= one.end <= len(text) for one in places)
    assert [one.start for one in places] == sorted(one.start for one in places)
    for at, place in enumerate(places):
        assert view.span_in_view(Span(place.start, place.start)).start <= at
