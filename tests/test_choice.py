"""Which answer is chosen, what is said with it, and what is said when there is none."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.fitting import listwise_weights, logistic_weights, thresholds_by_precision
from index import Document, Encoder, Found, Index, QuothError, Span
from qa import Assistant, Question, read_exported, retrieve
from qa.answering.answer_kinds import Wanted, fits, wanted
from qa.answering.candidates import candidates, same
from qa.answering.choice import Chosen, agreeing, meeting_first
from qa.answering.requirements import Unmet
from qa.archive.export import answer_markdown
from qa.ranking.rerank import compared, read_passages
from qa.ranking.weights import Weighting, shipped_weighting
from qa.reader.base import Reading, Text
from qa.reader.load import load_reader
from qa.reader.span_decoding import FoundSpan

CEASEFIRE = "who brokered the September 13 ceasefire?"


def noted(empty: Index, threshold: float | None = 0.0, **texts: str) -> Assistant:
    """Answers from these texts, each a document published on 16 September 2022."""
    empty.add_documents(
        [
            Document(name, text, Found(name, "given"), published=Found("2022-09-16", "given"))
            for name, text in texts.items()
        ]
    )
    return Assistant(empty, threshold=threshold)


@pytest.mark.parametrize(
    ("asked", "kind", "right", "wrong"),
    [
        ("How much did Musk agree to pay for Twitter?", Wanted.MONEY, "$44 billion", "44 days"),
        ("What share of workers voted against it?", Wanted.SHARE, "64%", "three weeks"),
        ("How long was her prison sentence?", Wanted.DURATION, "nine years", "Moscow"),
        ("How many people died?", Wanted.COUNT, "at least 104", "the harbour"),
        ("Where was he arrested?", Wanted.PLACE, "the Bahamas", "in 2022"),
        ("When did the mill close?", Wanted.TIME, "in March 1987", "Leeds"),
        ("Who revoked the visa?", Wanted.PERSON, "Alex Hawke", "2022"),
        ("When the bridge fell, how many people died?", Wanted.COUNT, "43", "in Leeds"),
        ("How many dollars were stolen?", Wanted.MONEY, "$625 million", "six"),
        ("How many times was he elected?", Wanted.COUNT, "twice", "in Delhi"),
        ("How often is it held?", Wanted.COUNT, "weekly", "in Delhi"),
        ("How much of the budget goes to schools?", Wanted.SHARE, "half", "Leeds"),
        ("In 2022, who won the race?", Wanted.PERSON, "Ada Hult", "2022"),
        ("Who is minister?", Wanted.PERSON, "Interior Minister Ada Hult", "France's minister"),
        ("Who was arrested?", Wanted.PERSON, "the prime suspect", "a male suspect"),
    ],
)
def test_an_answer_of_the_kind_that_is_asked_fits_better(
    asked: str, kind: Wanted, right: str, wrong: str
) -> None:
    assert wanted(Question.parse(asked)) is kind
    assert fits(kind, right) > fits(kind, wrong)


@pytest.mark.parametrize(
    "asked",
    [
        "What weapon did the man who shot Abe use?",
        "Which vaccine did the WHO approve?",
        "What happened to the woman who fell?",
        "What was the result of the trial?",
    ],
)
def test_what_is_asked_may_be_anything(asked: str) -> None:
    assert wanted(Question.parse(asked)) is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("500", "1,500", False),
        ("20", "20,000", False),
        ("$5 million", "$1.5 million", False),
        ("guilty", "not guilty", False),
        ("three", "3", True),
        ("1,500", "at least 1500 people", True),
        ("2 million", "2,000,000", True),
        ("Ada Hult", "Mayor Ada Hult", True),
    ],
)
def test_two_answers_are_one_if_they_say_the_same(one: str, other: str, *, alike: bool) -> None:
    assert same(compared(one), compared(other)) is alike
    assert same(compared(other), compared(one)) is alike


class Pointing:
    """A reader that points at certain words wherever they stand."""

    name, fingerprint = "pointing", "0"

    def __init__(self, *words: str) -> None:
        self._words = words

    def read(self, _question: str, texts: Sequence[Text]) -> list[Reading]:
        """See `Reader.read`."""
        return [
            Reading(
                1.0,
                1.0,
                tuple(
                    FoundSpan(Span(at, at + len(word)), 5.0)
                    for word in self._words
                    if (at := one.text.find(word)) >= 0
                ),
            )
            for one in texts
        ]


@pytest.mark.parametrize(
    ("text", "words", "is_candidate"),
    [
        ("The mill was bought in spring.\n\n– John Marsh", "John Marsh", False),
        ("By Peter Grey\n\nThe mill was sold in spring.", "Peter Grey", False),
        ("Washington, DC CNN Business —\n\nThe mill was sold.", "Washington", False),
        ("The mill was bought by Peter Grey.", "Peter Grey", True),
        ("The mill – once John Marsh owned it – was sold.", "John Marsh", True),
        ("By Monday, the death toll at the mill had risen to 1,200.", "1,200", True),
        ("Photo ID is required at the mill by Peter Grey.", "Peter Grey", True),
        ("The mill was bought by:\n- John Marsh\n- Peter Grey", "John Marsh", True),
        ("The mill was bought by:\n- John Marsh\n- Peter Grey", "Peter Grey", True),
        ("The fire at the mill:\n- 43 dead", "43", True),
    ],
)
def test_a_name_in_a_byline_a_signature_or_a_dateline_is_no_candidate(
    empty: Index, text: str, words: str, *, is_candidate: bool
) -> None:
    noted(empty, mill=text)
    question = Question.parse("Who bought the mill?")
    found = retrieve(empty, question.asked, empty.encoder.encode([question.asked]))
    named = candidates(question, read_passages(empty, Pointing(words), question, found))
    told = [one.whole.of(one.document.text) for one in named if one.whole]
    assert any(words in one for one in told) is is_candidate


def test_a_refusal_names_the_words_that_no_document_has(seeds: Index) -> None:
    found = Assistant(seeds).ask("Who won the 2022 FIFA World Cup?")
    assert found.answer is None
    (told,) = [reason for reason in found.reasons if reason.startswith("No document has the word")]
    assert "“FIFA”" in told
    near = Assistant(seeds, threshold=1.0).ask("Who brokered FIFA and Moscow?")
    (told,) = [reason for reason in near.reasons if reason.startswith("No document has the word")]
    assert ("“FIFA”" in told, "“Moscow”" in told) == (True, False)


def test_a_refusal_gives_the_possible_answer_with_its_sentence(seeds: Index) -> None:
    found = Assistant(seeds, threshold=1.0).ask(CEASEFIRE)
    assert found.answer is None
    assert found.possible is not None
    assert found.possible.text == "Moscow"
    assert "brokered by Moscow" in found.possible.sentence.quote
    assert found.as_json()["possible"] == found.possible.as_json()
    assert "A possible answer" in answer_markdown(found)


def test_an_answer_that_is_given_has_no_possible_one_beside_it(assistant: Assistant) -> None:
    found = assistant.ask(CEASEFIRE)
    assert found.answer is not None
    assert (found.possible, found.reasons) == (None, ())


def test_what_is_exported_of_a_refusal_can_be_checked(seeds: Index, tmp_path: Path) -> None:
    found = Assistant(seeds, threshold=1.0).ask(CEASEFIRE)
    assert found.possible is not None
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(found.as_json()), encoding="utf-8")
    assert found.possible.text in [one.text for one in read_exported(path)]


def test_a_date_that_the_article_tells_is_worked_out(empty: Index) -> None:
    assistant = noted(empty, harbour="The ferry sank off the cape on Wednesday, the police said.")
    found = assistant.ask("When did the ferry sink?")
    assert found.answer is not None
    (date,) = found.answer.worked_out
    assert (date.words, date.first, date.last) == ("Wednesday", "2022-09-14", "2022-09-14")
    assert "worked out" in str(date)
    assert date.words in found.answer.sentence.quote, "what is shown as quoted stands there"


def test_a_day_of_the_week_and_its_date_are_one_answer(empty: Index) -> None:
    assistant = noted(
        empty,
        one="The minister resigned on Wednesday after six weeks in office.",
        two="The minister resigned on September 14 after six weeks in office.",
    )
    found = assistant.ask("When did the minister resign?")
    assert found.answer is not None
    assert found.answer.text in {"Wednesday", "September 14", "on Wednesday", "on September 14"}
    assert found.others == ()


def toll(index: Index, **told: tuple[str, str]) -> Assistant:
    """Answers from these texts, each published on a day of its own."""
    index.add_documents(
        [
            Document(name, text, Found("The ferry", "given"), published=Found(day, "given"))
            for name, (day, text) in told.items()
        ]
    )
    return Assistant(index)


EARLY = "At least 25 people died when the ferry sank off the cape, the coast guard said."
LATE = "At least 31 people died when the ferry sank off the cape, officials now say."


def test_a_number_of_a_later_document_stands_beside_the_answer(empty: Index) -> None:
    prices = "A ticket for the ferry off the cape costs 40 crowns, the company said."
    assistant = toll(
        empty,
        early=("2022-09-13", EARLY),
        late=("2022-09-15", LATE),
        prices=("2022-09-20", prices),
    )
    found = assistant.ask("How many people died when the ferry sank?")
    assert found.answer is not None
    told = {found.answer.text, *(one.text for one in found.others)}
    assert told == {"At least 25", "At least 31"}
    (other,) = found.others
    assert found.is_later(other) == (found.answer.text == "At least 25")


def test_an_amount_of_something_else_does_not_stand_beside_it(empty: Index) -> None:
    """A later price a month is no later value of what was paid once."""
    assistant = toll(
        empty,
        early=("2022-04-25", "Musk agreed to pay $44 billion for Twitter, the company said."),
        late=("2022-11-01", "Musk said that Twitter will make users pay $8 a month for a badge."),
    )
    found = assistant.ask("How much did Musk agree to pay for Twitter?")
    assert found.answer is not None
    assert found.answer.text == "$44 billion"
    assert not any("$8" in one.text for one in found.others)


def test_the_same_number_of_another_event_does_not_agree(empty: Index) -> None:
    assistant = toll(
        empty,
        ferry=("2022-09-13", "Three people died when the ferry Marigold sank off the cape."),
        train=("2022-09-14", "Three people died when a train left the rails near Bern."),
    )
    found = assistant.ask("How many people died when the Marigold sank?")
    assert found.answer is not None
    assert found.answer.text == "Three"
    assert found.agreeing == ()


FACES = "The banker Ada Hult faces up to 40 years in prison if a jury in Sorrel Quay convicts her."
SENTENCED_TO = "How many years in prison was Ada Hult sentenced to?"


def test_what_might_be_is_no_answer_to_what_happened(empty: Index) -> None:
    assistant = noted(empty, threshold=None, court=FACES)
    found = assistant.ask(SENTENCED_TO)
    assert found.answer is None
    assert found.possible is not None
    assert "40" in found.possible.text
    assert found.reasons == ("The likeliest answer tells what might be.",)
    faced = assistant.ask("How many years in prison does Ada Hult face?")
    assert faced.answer is not None
    assert "40" in faced.answer.text


def test_what_happened_is_given_before_what_might_be(empty: Index) -> None:
    sentence = (
        "A judge in Sorrel Quay sent the banker Ada Hult to prison for nine years on Tuesday."
    )
    found = noted(empty, threshold=None, court=FACES, judge=sentence).ask(SENTENCED_TO)
    assert found.answer is not None
    assert found.answer.text.startswith("nine")


def test_an_answer_that_meets_what_is_asked_goes_before_one_that_is_a_little_likelier(
    assistant: Assistant,
) -> None:
    asked = Question.parse(CEASEFIRE)
    found = retrieve(assistant.index, CEASEFIRE, assistant.index.encoder.encode([CEASEFIRE]), None)
    reader = load_reader()
    assert reader is not None
    read = candidates(asked, read_passages(assistant.index, reader, asked, found))[0]
    perhaps = Chosen(read, 0.9, 0.6, 0.9).held_to([Unmet.refused("It tells what might be.")])
    also_perhaps = Chosen(read, 0.8, 0.5, 0.9).held_to([Unmet.refused("It tells a plan.")])
    near, far = Chosen(read, 0.3, 0.3, 0.9), Chosen(read, 0.1, 0.1, 0.9)
    assert meeting_first([perhaps, also_perhaps, near, far]) == [near, perhaps, also_perhaps, far]
    assert meeting_first([perhaps, far]) == [perhaps, far]
    assert meeting_first([far, near]) == [far, near]
    assert meeting_first([]) == []


def test_a_month_is_not_its_first_day(empty: Index) -> None:
    assistant = noted(
        empty,
        one="The new bridge was opened in May 2019 by the mayor of the town.",
        two="The new bridge was opened on May 1, 2019 by the mayor of the town.",
    )
    found = assistant.ask("When was the new bridge opened?")
    assert found.answer is not None
    said = {found.answer.text, *(one.text for one in found.others)}
    assert any("1" in text.replace("2019", "") for text in said)
    assert any("1" not in text.replace("2019", "") for text in said)


def test_what_hardly_anything_speaks_for_is_no_possible_answer(seeds: Index) -> None:
    found = Assistant(seeds).ask("Who won the 2022 FIFA World Cup?")
    assert (found.answer, found.possible) == (None, None)


def test_a_date_that_is_written_out_is_not_worked_out(empty: Index) -> None:
    found = noted(empty, harbour="The ferry sank off the cape on 14 September 2022.").ask(
        "When did the ferry sink?"
    )
    assert found.answer is not None
    assert found.answer.worked_out == ()


@pytest.mark.parametrize(
    ("text", "asked", "verdict"),
    [
        ("The pool was closed in March.", "Was the pool closed in March?", "yes"),
        ("The pool was not closed in March.", "Was the pool closed in March?", "no"),
        ("The mayor denied that the pool was closed.", "Was the pool closed?", "no"),
    ],
)
def test_a_yes_or_no_question_gets_the_word_and_the_sentence(
    empty: Index, text: str, asked: str, verdict: str
) -> None:
    found = noted(empty, town=f"{text} The library stayed open all year.").ask(asked)
    assert found.answer is not None
    assert (found.verdict, found.answer.text) == (verdict, text)
    assert found.as_json()["verdict"] == verdict


def test_documents_that_contradict_each_other_are_disputed(empty: Index) -> None:
    found = noted(
        empty,
        one="The council met. The swimming pool was closed in March, the mayor said.",
        two="The council met again. The swimming pool was not closed in March, a member said.",
    ).ask("Was the swimming pool closed in March?")
    assert found.verdict == "disputed"
    assert found.answer is not None
    both = {found.answer.text, *(one.text for one in found.others)}
    assert len(both) == 2
    assert sum("not closed" in one for one in both) == 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The mayor welcomed President Rowe to the town.", "Was President Rowe arrested?"),
        ("Harrow said that Leeds was behind the attack.", "Did Leeds attack Harrow?"),
        ("The bank of the town raised its rate.", "Is the bank of the town in Paris?"),
        ("If the pool were closed, the town would save money.", "Was the pool closed?"),
        ("Was the pool closed? Nobody would say.", "Was the pool closed?"),
        ("Rowe won the race in 1998.", "Did Rowe win the race in 1995?"),
    ],
)
def test_a_sentence_that_does_not_state_it_gives_no_word(
    empty: Index, text: str, asked: str
) -> None:
    assert noted(empty, town=text).ask(asked).verdict is None


def test_of_passages_that_give_the_answer_the_one_that_bears_most_is_cited(empty: Index) -> None:
    assistant = noted(
        empty,
        aside="In other news the ferry Albatross, which sank in May, was built in Leith in 1931. "
        "A museum shows its bell, its wheel and the letters of its only captain.",
        report="Where was the ferry Albatross built? The ferry Albatross was built in Leith.",
    )
    found = assistant.ask("Where was the ferry Albatross built?")
    assert found.answer is not None
    assert "Leith" in found.answer.text
    scores = {one.citation.document: one.cosine for one in found.passages}
    assert found.answer.citation.document == max(scores, key=lambda name: scores[name])


def test_another_question_has_no_verdict(assistant: Assistant) -> None:
    assert assistant.ask(CEASEFIRE).verdict is None


def test_a_higher_precision_answers_less_and_surer(seeds: Index) -> None:
    weighting = shipped_weighting()
    low, high = weighting.precision[0][0], weighting.precision[-1][0]
    few, many = Assistant(seeds, precision=high), Assistant(seeds, precision=low)
    assert few.least.confidence > many.least.confidence
    assert few.least.answerability == many.least.answerability == weighting.threshold
    assert Assistant(seeds, precision=1.0).least.confidence == 1.0


def test_the_answerability_decides_and_the_confidence_does_not(seeds: Index) -> None:
    for asked in (CEASEFIRE, "How many Armenian soldiers were killed?"):
        found = Assistant(seeds).ask(asked)
        assert found.confidence < found.answerability
        below, above = found.answerability - 0.01, found.answerability + 0.01
        assert Assistant(seeds, threshold=below).ask(asked).answer == found.answer
        refused = Assistant(seeds, threshold=above).ask(asked)
        assert (refused.answer, refused.withheld) == (None, False)


def test_a_weighting_of_an_earlier_version_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    shipped_weighting().write(path)
    kept = json.loads(path.read_text("utf-8"))
    del kept["answerability"]
    path.write_text(json.dumps(kept), "utf-8")
    with pytest.raises(QuothError, match="earlier version"):
        Weighting.read(path)
    path.write_text("{}", "utf-8")
    with pytest.raises(QuothError, match="holds no weighting"):
        Weighting.read(path)


def test_the_reason_of_a_refusal_is_the_requirement_that_is_not_met(empty: Index) -> None:
    assistant = noted(empty, None, plan="Novak Djokovic plans to win the title in Sorrel Quay.")
    found = assistant.ask("Did Djokowicz win the title in Sorrel Quay?")
    assert found.answer is None
    assert "a plan or a possibility" in found.reasons[0]


def test_a_precision_is_kept_beside_a_threshold(seeds: Index) -> None:
    least = Assistant(seeds, threshold=0.5, precision=0.8).least
    assert (least.answerability, least.confidence) == (
        0.5,
        shipped_weighting().confidence_for(0.8),
    )


def test_what_is_less_sure_than_the_precision_is_withheld_and_not_said_to_be_missing(
    seeds: Index,
) -> None:
    asked = "How many Armenian soldiers were killed?"
    given_ = Assistant(seeds).ask(asked)
    assert given_.answer is not None
    assert not given_.withheld
    found = Assistant(seeds, precision=1.0).ask(asked)
    assert (found.answer, found.withheld) == (None, True)
    assert found.possible == given_.answer
    assert found.answerability == given_.answerability
    assert "less likely right than the precision" in found.reasons[0]
    assert answer_markdown(found).splitlines()[2].startswith(found.refusal())
    missing = Assistant(seeds, precision=1.0).ask("Who won the 2022 FIFA World Cup?")
    assert (missing.answer, missing.withheld) == (None, False)
    assert missing.refusal() == "The documents do not answer this."


def test_a_precision_without_a_reader_is_refused(seeds: Index) -> None:
    with pytest.raises(QuothError, match="needs a reader"):
        Assistant(seeds, reader="none", precision=0.9)


def test_today_is_what_relative_dates_of_a_question_are_counted_from(seeds: Index) -> None:
    asked = "What happened last September?"
    assert Question.parse(asked, dt.date(2023, 3, 1)).dates[0].first == dt.date(2022, 9, 1)
    assert Assistant(seeds).consider(asked, today=dt.date(2023, 3, 1)).question.dates


@given(st.integers(0, 2**32 - 1), st.integers(30, 60))
def test_listwise_weights_put_the_right_one_first(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    groups = []
    for _ in range(count):
        rows = rng.normal(size=(4, 3))
        right = np.zeros(4, bool)
        right[int(np.argmax(rows[:, 1]))] = True
        groups.append((rows, right))
    weights = listwise_weights(groups, ["one"] * count, [0, 0, 0])
    assert weights[1] > 0
    assert abs(weights[1]) >= max(abs(weights[0]), abs(weights[2]))


@given(st.integers(0, 2**32 - 1))
def test_a_weight_has_the_sign_that_it_must_have(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(60, 3))
    right = rows[:, 0] - rows[:, 1] + rng.normal(size=60) > 0
    fitted, _ = logistic_weights(rows, right, np.ones(60), [-1, 1, 0])
    assert fitted[0] <= 0 <= fitted[1]
    chosen = listwise_weights([(rows, right)], ["one"], [-1, 1, 0])
    assert chosen[0] <= 0 <= chosen[1]


def test_weights_of_nothing_are_zero() -> None:
    assert listwise_weights([], [], [0, 0, 0]).tolist() == [0, 0, 0]
    rows = np.ones((2, 3))
    assert logistic_weights(rows, np.array([True, True]), np.ones(2), [0, 0, 0]) == (
        pytest.approx([0, 0, 0]),
        0.0,
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_answers_above_a_threshold_are_right_as_often_as_it_says(
    told: list[tuple[float, bool]],
) -> None:
    sure = np.array([one for one, _ in told])
    right = np.array([one for _, one in told])
    found = thresholds_by_precision(sure, right, np.ones(len(told)), [0.5, 0.8, 1.0])
    thresholds = [least for _, least in found]
    assert thresholds == sorted(thresholds)
    for share, least in found:
        assert right[sure >= least].mean() >= share


def test_only_sure_candidates_of_other_stories_agree(assistant: Assistant) -> None:
    asked = Question.parse("who brokered the September 13 ceasefire?")
    vector = assistant.index.encoder.encode([asked.asked])
    found = retrieve(assistant.index, asked.asked, vector, None)
    reader = load_reader()
    assert reader is not None
    read = candidates(asked, read_passages(assistant.index, reader, asked, found))[0]
    doubtful = replace(read.reading, answering=-0.1)
    first = Chosen(replace(read, story="a"), 0.9, 0.5, 0.9)
    beside = [
        Chosen(replace(read, story="a"), 0.8, 0.2, 0.9),  # the answer's own story
        Chosen(replace(read, story="b"), 0.7, 0.1, 0.9),
        Chosen(replace(read, story="b"), 0.6, 0.1, 0.9),  # the same story again
        Chosen(replace(read, story="c"), 0.1, 0.1, 0.9),  # not sure enough
        Chosen(replace(read, story="d", reading=doubtful), 0.7, 0.1, 0.9),  # no answer by itself
    ]
    assert agreeing(asked, [first, *beside], 0.2) == [beside[1]]
    assert agreeing(asked, [], 0.2) == []


def test_documents_that_agree_are_counted_and_copies_are_not(
    encoder: Encoder, tmp_path: Path
) -> None:
    texts = {
        "a.txt": "In all 12 people died in the Sorrel Quay fire, the fire chief said on Monday. "
        "The mill had stood empty for years, and nobody knows how the fire began.",
        "b.txt": "Families mourn. In the Sorrel Quay fire 12 people died, according to the county, "
        "which will hold an inquiry in the spring.",
    }
    texts["copy.txt"] = texts["a.txt"].replace("on Monday. ", "on  Monday. ")
    for name, text in texts.items():
        (tmp_path / name).write_text(f"{text}\n")
    index = Index.create(tmp_path / "index", encoder)
    index.add([str(tmp_path / name) for name in texts])
    answer = Assistant(index).ask("How many people died in the Sorrel Quay fire?")
    assert answer.answer is not None
    assert "12" in answer.answer.text
    told = {Path(one.citation.document).name for one in answer.agreeing}
    story = {"a.txt", "copy.txt"}
    own = {Path(answer.answer.citation.document).name}
    assert len(told | own) == 2
    assert (told | own) - story == {"b.txt"}
    assert answer.sources() == "2 independent documents agree"
    differing = replace(answer, others=(answer.answer,))
    assert differing.sources() == "2 independent documents agree, 1 differs"
    assert replace(differing, agreeing=()).sources() == "1 document says so, 1 differs"
    assert replace(differing, answer=None).sources() == ""
    assert "2 independent documents agree" in answer_markdown(answer)
