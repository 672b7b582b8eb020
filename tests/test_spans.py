"""Short answers as a person would mark them, and the sentences that hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Found, Span
from qa.answering.expand_span import widened
from qa.language.question import Question
from qa.language.sentence_span import sentence_of

WIDENED = [
    ("In 2020 nearly 7,000 people fled.", "7,000", "nearly 7,000"),
    ("It cost $3.5 million to build.", "3.5", "$3.5 million"),
    ("The fee is 7,000–10,000 Turkish liras.", "7,000–10,000 Turkish liras", None),
    ("Then President Ilham Aliyev spoke.", "Aliyev", "President Ilham Aliyev"),
    ("On Sunday Moscow agreed.", "Moscow", "Moscow"),
    ("But Moscow agreed.", "Moscow", "Moscow"),
    ("The shellfish were eaten.", "shell", "shellfish"),
    ("Growth was 4.5 percent in May.", "4.5", "4.5 percent"),
    ("because the dam broke, they left", "the dam broke", None),
    ("It said that at least seven civilians died.", "seven civilians", "at least seven civilians"),
    ("Some two million people left.", "two", "Some two million"),
    ("A tone was heard.", "tone", None),
    ("It pays 7,000 liras (US$900) a month.", "7,000 liras (US$900", "7,000 liras (US$900)"),
]


@pytest.mark.parametrize(("text", "answer", "whole"), WIDENED)
def test_an_answer_is_made_whole(text: str, answer: str, whole: str | None) -> None:
    start = text.index(answer)
    span = Span(start, start + len(answer))
    assert widened(text, span, Span(0, len(text)), Question.parse("What?")).of(text) == (
        whole or answer
    )


ASKED = [
    (
        "Shells fell on Vardenis, Goris, Sotk and Jermuk that night.",
        "Vardenis",
        "Around which towns did shells fall?",
        "Vardenis, Goris, Sotk and Jermuk",
    ),
    ("Shells fell on Vardenis and Goris.", "Goris", "Where did shells fall last?", "Goris"),
    (
        "Shells fell on Vardenis and Goris.",
        "Goris",
        "On which towns was fired?",
        "Vardenis and Goris",
    ),
    (
        "“All of it burned,” a resident of Geghamasar village said.",
        "Geghamasar",
        "Who said that all of it burned?",
        "a resident of Geghamasar village",
    ),
    ("It was said by Secretary of State Antony. Blinken.", "Antony", "Who?", None),
    (
        "The bridge was closed on Monday because a barge had struck its second pier, police said.",
        "barge",
        "Why was the bridge closed?",
        "because a barge had struck its second pier",
    ),
    (
        "Due to the storm in the north, all ferries stayed in port.",
        "storm",
        "What was the reason for the ferries staying in port?",
        "Due to the storm in the north",
    ),
    (
        "The harvest was poor because wheat, barley and rye failed.",
        "barley",
        "Why was the harvest poor?",
        "because wheat, barley and rye failed",
    ),
    (
        "“It was far too cold,” the mayor said on Friday.",
        "cold",
        "Why did it close?",
        "“It was far too cold,”",
    ),
    (
        "The causeway is made of local stone, and of oak.",
        "local stone",
        "What is the causeway made of?",
        "local stone",
    ),
    (
        "They lost 130 armored vehicles, 25 batteries and one S-300 air defense system, it said.",
        "130 armored vehicles",
        "What did they lose?",
        "130 armored vehicles, 25 batteries and one S-300 air defense system",
    ),
    (
        "They lost 130 armored vehicles, 25 batteries and one S-300 air defense system, it said.",
        "130 armored vehicles",
        "What did they claim to have lost?",
        "130 armored vehicles, 25 batteries and one S-300 air defense system",
    ),
    (
        "They lost 130 armored vehicles, 25 batteries and one S-300 air defense system, it said.",
        "25",
        "How many batteries did they lose?",
        "25",
    ),
    (
        "They lost two boats and one bridge in the storm of that year.",
        "two boats",
        "What did they lose?",
        "two boats",
    ),
    (
        "The hall will not open before 5 May.",
        "5 May",
        "When will the hall open?",
        "not open before 5 May",
    ),
    (
        "Work ends before the end of October 2021.",
        "October 2021",
        "When does work end?",
        "before the end of October 2021",
    ),
    (
        "The tender was between £1.2 million and £1.5 million.",
        "1.2 million",
        "How much was the tender?",
        "between £1.2 million and £1.5 million",
    ),
    ("It was between 180 and 220.", "180", "How much was it?", "between 180 and 220"),
    ("He left before the fire.", "fire", "What did he see when he left?", "fire"),
    ("Bread went from 2.80 to 3.10 guilders.", "3.10", "How much is bread?", "3.10 guilders"),
    ("It costs the port $12,000 a day.", "12,000", "How much is it?", "$12,000 a day"),
    ("It lost US$1.7 billion.", "1.7", "How much did it lose?", "US$1.7 billion"),
    ("It lasted for 12 days.", "12", "How many days did it last?", "12"),
    ("It lasted for 12 days.", "12", "How long did it last?", "12 days"),
    ("No more than 300 may enter.", "300", "How many may enter?", "No more than 300"),
    ("It left 104 in days.", "104", "How much was left?", "104"),
    (
        "They came in four lifeboats, two fishing boats and a police launch.",
        "four lifeboats",
        "How were they brought ashore?",
        "four lifeboats, two fishing boats and a police launch",
    ),
    ("It left at 6.40 a.m. on Friday.", "6.40 a.m", "At what hour?", "6.40 a.m."),
    ("In August Ada Lund left.", "Lund", "Who left?", "Ada Lund"),
    ("Then Josef van der Leun spoke.", "Leun", "Who spoke?", "Josef van der Leun"),
    ("Later Åsa Ångström spoke.", "Ångström", "Who spoke?", "Åsa Ångström"),
    (
        "The Green Alliance (GA), the Centre and the Rural Union will govern.",
        "Green Alliance",
        "Which parties will govern?",
        "The Green Alliance (GA), the Centre and the Rural Union",
    ),
    (
        "“We shall rebuild it,” Lund said, “and soon.”",
        "rebuild",
        "What did Lund say?",
        "“We shall rebuild it,”",
    ),
    (
        "It shut up from Monday on, because the well was foul, and stayed shut.",
        "Monday",
        "Why did it shut?",
        "It shut up from Monday on, because the well was foul",
    ),
    (
        "In May, the mayor resigned in protest at the cuts.",
        "resigned",
        "why did he go?",
        "the mayor resigned in protest at the cuts",
    ),
    (
        "He pulled out of the race to spend time with his family.",
        "to spend time",
        "Why did he go?",
        "to spend time with his family",
    ),
    ("On Monday President Biden signed it.", "Monday", "When was it signed?", "Monday"),
    ("In September Trump left.", "September", "When did he leave?", "September"),
    ("Kevin McCarthy Tuesday was ousted.", "Tuesday", "When was he ousted?", "Tuesday"),
    ("Kevin McCarthy Tuesday was ousted.", "McCarthy", "Who was ousted?", "Kevin McCarthy"),
    ("It began on September 13 hours after talks.", "September 13", "When?", "September 13"),
    ("It lasted 13 hours in September.", "13", "How long did it last?", "13 hours"),
]


@pytest.mark.parametrize(("text", "answer", "question", "whole"), ASKED)
def test_an_answer_is_made_whole_for_its_question(
    text: str, answer: str, question: str, whole: str | None
) -> None:
    start = text.index(answer)
    span = Span(start, start + len(answer))
    found = widened(text, span, Span(0, len(text)), Question.parse(question)).of(text)
    assert found == (whole or "Secretary of State Antony. Blinken")


@given(st.text(max_size=80), st.data())
def test_an_answer_is_never_made_smaller_or_wider_than_its_sentence(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if start == end:
        return
    low, high = data.draw(st.integers(0, start)), data.draw(st.integers(end, len(text)))
    question = data.draw(st.sampled_from(["Who are which towns", "Why?", "What?"]))
    found = widened(text, Span(start, end), Span(low, high), Question.parse(question))
    assert low <= found.start <= start
    assert end <= found.end <= high


def test_the_sentence_is_whole_even_where_a_paragraph_is_broken() -> None:
    text = "Title\n\nThe mayor of the town,\nElsie Brandt, opened it. Nobody came."
    document = Document("a", text, Found("Title", "given"))
    at = text.index("Elsie Brandt")
    found = sentence_of(document, Span(at, at + 12)).of(text)
    assert found.endswith("Elsie Brandt, opened it.")


def test_words_of_the_question_are_no_answer() -> None:
    assert not Question.parse("Who is Dr. Yusuf Tallis?").is_answered_by("Dr. Yusuf Tallis")
    assert not Question.parse("Which ministers opposed it?").is_answered_by("the ministers")
    assert Question.parse("Who is Dr. Yusuf Tallis?").is_answered_by("a physician")
    assert Question.parse("Was the red one or the blue one sold?").is_answered_by("the red one")


@pytest.mark.parametrize("question", ["Is it open?", "did they agree", "Was Kyiv taken?"])
def test_a_yes_or_no_question_is_one(question: str) -> None:
    assert Question.parse(question).wants_yes_or_no


@pytest.mark.parametrize("question", ["Who is it?", "Is it red or blue?", "isinglass is what?"])
def test_another_question_is_not(question: str) -> None:
    assert not Question.parse(question).wants_yes_or_no
