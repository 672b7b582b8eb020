"""Yes-or-no questions: the sentence that settles them, and the word where it is plain."""

import pytest

from index import Document, Found, Index
from qa import Answer, Assistant


def asked(empty: Index, question: str, *texts: str) -> Answer:
    """The answer from these texts, each a document published on 16 September 2022."""
    empty.add_documents(
        [
            Document(str(n), text, Found("A note", "given"), published=Found("2022-09-16", "given"))
            for n, text in enumerate(texts)
        ]
    )
    return Assistant(empty).ask(question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The bridge was opened on 5 May 2020 by the mayor.", "Was the bridge opened in 2020?"),
        (
            "Theresa May resigned as prime minister on Friday.",
            "Did the prime minister resign?",
        ),
        ("Will Smith slapped Chris Rock on Sunday.", "Did Will Smith slap Chris Rock?"),
        ("Moscow brokered a ceasefire, and tried to blame it.", "Did Moscow broker a ceasefire?"),
        (
            "The pool was closed in March and will reopen in June.",
            "Was the pool closed in March?",
        ),
        ("As expected, the pool was closed in March.", "Was the pool closed in March?"),
        (
            "Rowe was charged with murder and could face life in prison.",
            "Was Rowe charged with murder?",
        ),
        ("Putin vowed to take revenge on Monday.", "Did Putin vow to take revenge?"),
        (
            "Trump threatened to fire Mueller in June, two aides said.",
            "Did Trump threaten to fire Mueller?",
        ),
        (
            "The bill was likely to pass, analysts said.",
            "Was the bill likely to pass?",
        ),
        (
            "Britain decided that it would leave the EU.",
            "Did Britain decide to leave the EU?",
        ),
        (
            "The court ruled that Hult will have to pay.",
            "Did the court rule that Hult must pay?",
        ),
        ("The UN had warned that a famine would come.", "Had the UN warned of a famine?"),
    ],
)
def test_a_fact_beside_a_plan_is_a_fact(empty: Index, text: str, question: str) -> None:
    found = asked(empty, question, text)
    assert found.answer is not None
    assert found.answer.text == text


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Ada Hult plans to attend all meetings of the council, she said on Monday.",
            "Did Ada Hult attend the meetings of the council?",
        ),
        (
            "The board will decide on Friday whether Ada Hult can attend the meetings.",
            "Did Ada Hult attend the meetings?",
        ),
        ("The bridge will open in June, the mayor said.", "Has the bridge opened?"),
        ("The president said that the war will end soon.", "Has the war ended?"),
        ("The company expects to be sold by the end of the year.", "Has the company been sold?"),
        ("The talks are to begin on Monday.", "Have the talks begun?"),
        ("Ada Hult plans to visit Paris next year.", "Has Ada Hult ever visited Paris?"),
    ],
)
def test_what_was_planned_is_no_answer_to_what_happened(
    empty: Index, text: str, question: str
) -> None:
    found = asked(empty, question, text)
    assert (found.answer, found.verdict) == (None, None)
    assert found.possible is not None
    assert "a plan or a possibility" in found.reasons[0]


@pytest.mark.parametrize(
    ("question", "plan", "fact"),
    [
        (
            "Did the strike end?",
            "The strike is expected to end on Friday, the union said.",
            "Workers went back on Monday after the strike was over.",
        ),
        (
            "Has the war ended?",
            "The president said that the war will end soon.",
            "After ten years the war is over, the minister told the press.",
        ),
    ],
)
def test_a_plan_does_not_hide_what_another_document_says(
    empty: Index, question: str, plan: str, fact: str
) -> None:
    found = asked(empty, question, plan, fact)
    said = found.answer or found.possible
    assert said is not None
    assert said.text == fact


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("It is not known if the pool is closed.", "Is the pool closed?"),
        ("The mayor could not say whether the pool is closed.", "Is the pool closed?"),
        ("Nobody knows whether the hostages are alive.", "Are the hostages alive?"),
        ("The minister has refused to say if she will resign.", "Has the minister resigned?"),
        ("It was not clear whether the strike would end.", "Will the strike end this week?"),
        (
            "Hult won the election, though she did not win a majority.",
            "Did Hult win the election?",
        ),
        (
            "Not since 1970 has a woman won the election as Hult has now.",
            "Did Hult win the election?",
        ),
        (
            "Ukraine had not provoked Russia before it was attacked in February.",
            "Did Russia attack Ukraine?",
        ),
        (
            "Apple bought the company for $2 billion, not the $3 billion that the company wanted.",
            "Did Apple buy the company?",
        ),
        (
            "The team had never won the cup before Sunday, when it beat Leeds.",
            "Did the team win the cup?",
        ),
        ("The court did not convict Hult, it acquitted her.", "Did the court acquit Hult?"),
        (
            "The council, which is not elected, closed the pool in March.",
            "Was the pool closed in March?",
        ),
        ("The minister rejected the offer.", "Did the minister reject the offer?"),
        (
            "The volcano, which had not erupted since 1990, erupted on Monday.",
            "Did the volcano erupt?",
        ),
        (
            "The suspect was arrested without resistance and the other suspect fled.",
            "Was the suspect arrested?",
        ),
    ],
)
def test_a_negation_of_something_else_is_no_no(empty: Index, text: str, question: str) -> None:
    assert asked(empty, question, text).verdict != "no"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The pool was not closed in March.", "Was the pool closed in March?"),
        ("The mayor denied that the pool was closed.", "Was the pool closed?"),
        ("Ada Hult was never arrested, her lawyer said.", "Did the police arrest Ada Hult?"),
        ("No one was injured in the fire.", "Was anyone injured in the fire?"),
        (
            "The United States has not formally declared war on Iran.",
            "Has the United States declared war on Iran?",
        ),
        ("No children were hurt, but some parents will need care.", "Were any children hurt?"),
        ("Finland is not in NATO.", "Is Finland in NATO?"),
        ("Smith is not a Republican.", "Is Smith a Republican?"),
        ("Smith did not win the race.", "DID SMITH WIN THE RACE?"),
        ("Smith did not win the race.", "Did Smith Win the Race?"),
    ],
)
def test_a_denial_says_no(empty: Index, text: str, question: str) -> None:
    found = asked(empty, question, text)
    assert found.answer is not None
    assert (found.answer.text, found.verdict) == (text, "no")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Smith was acquitted of killing Jones.", "Did Smith kill Jones?"),
        ("Smith was charged with killing Jones.", "Did Smith kill Jones?"),
        ("Smith allegedly killed Jones.", "Did Smith kill Jones?"),
        ("Smith tried to kill Jones.", "Did Smith kill Jones?"),
        ("Hamas accused Israel of bombing the hospital.", "Did Israel bomb the hospital?"),
        ("Trump falsely claimed that he won Georgia.", "Did Trump win Georgia?"),
        ("Smith narrowly avoided being arrested.", "Was Smith arrested?"),
        ("The deal was almost signed in May.", "Was the deal signed?"),
        ("Russia was attacked by a drone near the port.", "Did Russia attack the port?"),
        ("Smith killed Jones in May.", "Was Smith killed?"),
    ],
)
def test_what_may_not_be_so_says_neither_yes_nor_no(empty: Index, text: str, question: str) -> None:
    assert asked(empty, question, text).verdict is None


@pytest.mark.parametrize("ending", ["a", ""])
def test_another_document_that_denies_it_makes_it_disputed(empty: Index, ending: str) -> None:
    """Wherever the sentences stand: with "a" they begin and end at the same characters."""
    names = ("Ann", "Bob", "Cat", "Dan")
    found = asked(
        empty,
        "Was the pool closed in March?",
        *(f"The pool was closed in March, says {name}{ending}." for name in names),
        "The pool was not closed in March, I say. The library stayed open, and the ferry left at "
        "noon for the islands in the fog.",
    )
    assert found.verdict == "disputed"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hult won the election on Sunday.", "Did Hult win the election?"),
        ("The thieves stole the painting.", "Was the painting stolen?"),
    ],
)
def test_another_form_of_the_verb_says_yes(empty: Index, text: str, question: str) -> None:
    found = asked(empty, question, text)
    assert found.answer is not None
    assert found.answer.text == text


def test_a_sentence_that_restates_the_question_answers_it(empty: Index) -> None:
    text = "The library stayed open all year. The pool was closed in March."
    found = asked(empty, "Was the pool closed in March?", text)
    assert found.answer is not None
    assert (found.answer.text, found.verdict) == ("The pool was closed in March.", "yes")
