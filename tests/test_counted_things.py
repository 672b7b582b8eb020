"""What a question asks to be counted, and what its answer counts."""

from dataclasses import replace

import pytest

from index import Document, Encoder, Found, Index, Span
from qa import Answer, Assistant, Question
from qa.answer import SURE
from qa.answering.choice import Chosen, meeting_first
from qa.answering.counted_things import Counted, _things, counted
from qa.answering.requirements import unmet
from qa.answering.unmet_names import NamesAsked
from qa.ranking.rerank import Read, read_passages
from qa.ranking.sentence_ranking import rarities
from qa.reader.load import load_reader
from qa.retrieval.find import retrieve


def document(name: str, text: str) -> Document:
    return Document(name, text, Found(name, "given"))


TOLD = {
    "letter": "In Tehran 227 members of parliament signed the letter against leniency on Sunday.",
    "kits": "Africa needs about 10 million vaccine doses for its outbreaks of mpox, a doctor said.",
    "troops": "The Pentagon sent 1,500 servicemen to the border of Arden in May.",
    "firm": "The firm Ordo was closed after four months. Its subsidiaries went on.",
    "fire": "The fire of Corwen destroyed 1,084 tractors and homes, the mayor said on Monday.",
    "pay": "The union pays its members $500 weekly while strikes go on. A dollar is a dollar.",
    "rank": "The firm Elmet was 2nd firms were told, behind the firm Ordo, which closed.",
    "words": "A test is made with kits. Two helicopters were grounded.",
    "ferry": "The ferry Marin left with 212 passengers and its crew for Belmar on Friday.",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Index:
    index = Index.create(tmp_path_factory.mktemp("counted") / "index", encoder)
    index.add_documents([document(name, text) for name, text in TOLD.items()])
    return index


def asked(archive: Index, question: str) -> Answer:
    return Assistant(archive).ask(question)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many test kits does Africa need for its outbreaks of mpox?", "vaccine doses"),
        ("How many subsidiaries of the firm Ordo were closed?", "months"),
    ],
)
def test_an_answer_that_counts_other_things_is_refused_and_says_so(
    archive: Index, question: str, told: str
) -> None:
    found = asked(archive, question)
    assert found.answer is None
    assert f"counts {told}, not" in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many troops did the Pentagon send to the border of Arden?", "1,500"),
        ("How many soldiers did the Pentagon send to the border of Arden?", "1,500"),
        ("How many people left with the ferry Marin?", "212"),
        ("How many homes did the fire of Corwen destroy?", "1,084"),
        ("How many dollars a week does the union pay?", "$500"),
        ("How many vacine dosis does Africa need for mpox?", "10 million"),
    ],
)
def test_the_same_things_by_another_word_are_counted(
    archive: Index, question: str, answer: str
) -> None:
    found = asked(archive, question)
    assert not any("counts" in reason for reason in found.reasons)
    likeliest = found.answer or found.possible
    assert likeliest is not None
    assert answer in likeliest.text


@pytest.mark.parametrize(
    ("behind", "things"),
    [
        ("members of parliament signed", "members"),
        ("New York Times employees joined", "New York Times employees"),
        ("Huguenots were killed", "Huguenots"),
        ("five-star hotels, eight pitches", "five-star hotels"),
        ("people", "people"),
        ("wanted a cut", ""),
        (", and their crews", ""),
        ("in two buses", ""),
        ("virus cases", "virus cases"),
        ("savings accounts were", "savings accounts"),
        ("women candidates won", "women candidates"),
        ("texas wildfires were", "texas wildfires"),
        ("los angeles residents were", "los angeles residents"),
        ("gas stations closed", "gas stations"),
    ],
)
def test_the_things_are_the_words_up_to_a_plural_noun(behind: str, things: str) -> None:
    assert " ".join(_things(behind)) == things


def test_only_things_that_are_far_apart_are_refused() -> None:
    doses = Counted("test kits", "vaccine doses", 0.22)
    assert (doses.is_other, doses.is_unlike) == (True, True)
    buses = Counted("coaches", "buses", 0.38)
    assert (buses.is_other, buses.is_unlike) == (False, True)
    assert not Counted("houses", "homes", 0.9).is_unlike
    for general in (Counted("lives", "passengers", 0.24), Counted("times", "bullets", 0.2)):
        assert not general.is_unlike


def told_by(archive: Index, question: Question, name: str, number: str) -> Read:
    """A number of a document, as the answer of a question."""
    reader = load_reader()
    assert reader is not None
    vector = archive.encoder.encode([question.asked])
    read = read_passages(archive, reader, question, retrieve(archive, question.asked, vector))
    (its,) = [one for one in read if one.document.name == name]
    start = its.document.text.index(number)
    return replace(its, whole=Span(start, start + len(number)))


@pytest.mark.parametrize(
    ("text", "name", "number", "told"),
    [
        ("How many members signed the letter?", "letter", "227", "members"),
        ("How many mebmers signed the letter?", "letter", "227", None),
        ("Who signed the letter?", "letter", "227", None),
        ("How many members does the union pay?", "pay", "$500", None),
        ("How many firms were closed?", "rank", "2nd", None),
    ],
)
def test_only_a_count_of_a_known_noun_has_things(
    archive: Index, encoder: Encoder, text: str, name: str, number: str, told: str | None
) -> None:
    question = Question.parse(text)
    answer = told_by(archive, question, name, number)
    (found,) = counted(encoder, question, rarities(archive, question), [answer])
    assert (found and found.told) == told
    assert found is None or found.likeness == 1.0


def test_an_answer_that_may_count_other_things_is_given_and_not_likely(archive: Index) -> None:
    question = Question.parse("How many coaches signed the letter?")
    answer = told_by(archive, question, "letter", "227")
    asked_names = NamesAsked.of(question, rarities(archive, question))
    likely = Chosen(answer, 0.9, 0.9, 0.9)
    buses = unmet(asked_names, answer, Counted("coaches", "buses", 0.38))
    assert not likely.held_to(buses).is_refused
    assert likely.held_to(buses).answerability == 0.9
    assert likely.held_to(buses).confidence < SURE[0][0]
    other = Chosen(answer, 0.5, 0.8, 0.9)
    assert meeting_first([likely.held_to(buses), other])[0] != other
    doses = unmet(asked_names, answer, Counted("test kits", "vaccine doses", 0.22))
    assert likely.held_to(doses).is_refused
    assert unmet(asked_names, answer, Counted("coaches", "buses", 0.9)) == ()
