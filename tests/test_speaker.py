"""Who says what a sentence states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Index, Span
from qa import Assistant
from qa.language.speaker import speaker_in


def speaker(sentence: str, stated: str = "") -> str:
    at = sentence.index(stated) if stated else len(sentence)
    found = speaker_in(sentence, Span(at, at + len(stated)))
    return found.of(sentence) if found else ""


@pytest.mark.parametrize(
    ("sentence", "said_by"),
    [
        ("Tam officials said yesterday they had lost 104 sheep.", "Tam officials"),
        ("Yesterday, Mayor Ann Lee reported that 105 wells were dry.", "Mayor Ann Lee"),
        ("The well is dry, according to the water board.", "the water board"),
        ("According to a clerk of the court, 12 came.", "a clerk of the court"),
        ("About 40 cows died, said Otto Fenn, a vet from Tam.", "Otto Fenn"),
        ("“It was 40,” said Gov. J. R. Hill on Monday.", "Gov. J. R. Hill"),
        ("“It was 40,” the mill's owner said in a statement.", "the mill's owner"),
        ("Ann Lee, the mayor of Tam, said 40 came.", "Ann Lee, the mayor of Tam"),
        ("Ann Lee, the mayor, said the board sold 40 cows.", "Ann Lee, the mayor"),
        ("Ann Lee, who is the mayor, told the Tam Herald that 40 came.", "Ann Lee"),
        ("Farmers, however, say 40 cows died.", "Farmers"),
        ("On Sunday, the board's head Per Ode announced 40 gifts.", "the board's head Per Ode"),
        ("The fire injured 3, police said.", "police"),
        ("Lee also said later that 40 came.", "Lee"),
        ("Lee has publicly denied that 40 came.", "Lee"),
        (
            "Herders in Tam, which was dry for weeks, said Thursday that 40 cows died.",
            "Herders in Tam",
        ),
        ("Based on counts by the Herald, 40 came.", "the Herald"),
        ("Ann Lee added two cows to the 40 she had.", ""),
        ("Ann Lee added that 40 came.", "Ann Lee"),
        ("Officials there said Wednesday that 40 came.", "Officials there"),
        ("The gap is 40 metres, according to The Sunday Times, a weekly.", "The Sunday Times"),
        (
            "A wall fell, killing 40 cows, the mayor of Tam, Per Ode, told the Herald.",
            "the mayor of Tam, Per Ode",
        ),
        ("Mayor Ann Lee agreed on Friday, saying the board sold 40 cows.", "Mayor Ann Lee"),
        ("Tam officials gave no count but confirmed that 40 came.", ""),
        ("He said that 40 came.", ""),
        ("It is said that 40 came.", ""),
        ("The gap was reported to be 40 metres.", ""),
        ("And nine states were under warnings.", ""),
        ("A third, after assessing claims of fraud, left.", ""),
        ("The well closed in 1904.", ""),
        ("About 40 cows were reported dead.", ""),
        ("He was said to have 40 cows.", ""),
    ],
)
def test_whom_a_sentence_names_as_saying_so(sentence: str, said_by: str) -> None:
    assert speaker(sentence) == said_by


def test_a_sentence_of_any_length_is_looked_at() -> None:
    talk = "and then we went up the hill and she said it was late " * 300
    assert speaker(f"{talk}, Ada Hult said.") == "Ada Hult"


def test_of_several_the_nearest_is_meant() -> None:
    sentence = "Ann Lee said 12 came, but according to the police, it was 40."
    assert speaker(sentence, "12") == "Ann Lee"
    assert speaker(sentence, "40") == "the police"


def test_a_speaker_does_not_say_what_stands_outside_his_words() -> None:
    sentence = "Four cows have died, and Lee warned that more than 12 will."
    assert speaker(sentence, "Four") == ""
    assert speaker(sentence, "more than 12") == "Lee"
    sentence = "Some 40 cows have died, police say, after a wall fell on 12."
    assert speaker(sentence, "40") == "police"
    assert speaker(sentence, "12") == ""
    assert speaker("“It was 40,” Lee said, “and 12 of them ours.”", "12") == "Lee"


def test_who_is_asked_for_is_not_named_as_saying_so_too() -> None:
    assert speaker("Ann Lee said that 40 came.", "Ann Lee") == ""


@given(st.text(), st.integers(0, 40), st.integers(0, 40))
def test_a_speaker_stands_in_the_sentence_beside_what_is_stated(
    text: str, start: int, length: int
) -> None:
    sentence = f"{text} said, according to {text}: “{text},” said {text}."
    stated = Span(start, start + length)
    found = speaker_in(sentence, stated)
    if found is not None:
        assert 0 <= found.start < found.end <= len(sentence)
        assert found.end <= stated.start or stated.end <= found.start


def test_an_answer_says_to_whom_its_sentence_attributes_it(
    assistant: Assistant, seeds: Index
) -> None:
    said = assistant.ask("How many Armenian servicemen had been killed?").answer
    assert said is not None
    assert said.said_by == "Armenian Prime Minister Nikol Pashinyan"
    assert said.speaker is not None
    (listed,) = [one for one in seeds.documents() if one.name == said.citation.document]
    assert said.speaker.of(seeds.document(listed.key).text) == said.said_by
    assert said.as_json()["speaker"] == {
        "text": said.said_by,
        "start": said.speaker.start,
        "end": said.speaker.end,
    }
