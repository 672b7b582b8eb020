"""Whether "who says what" finds every answer, and names the speaker, over an archive of news.

`python benchmarks/who_says.py INDEX`, with the index that `benchmarks/journalist.py` takes.
`who_says_marked.jsonl` has 34 questions to which documents of that archive give different answers,
with all of these, where they stand and to whom they are attributed; they were marked by hand by
someone who had not seen what Quoth finds. The 57 questions of the set itself name one answer each.
"""

import argparse
import json
import re
import statistics
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

from journalist import QUESTIONS, holds

from index.text.numbers import numbers_in
from qa import Assistant, Claim, Quotation, who_says

MARKED = Path(__file__).with_name("who_says_marked.jsonl")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", type=Path)
    arguments = parser.parse_args()
    if not QUESTIONS.exists():
        raise SystemExit(f"skipped: {QUESTIONS} is not on this machine")
    asked = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    found, first, rows, absent = 0, 0, [], []
    took = []
    with Assistant.open(arguments.index) as assistant:
        for one in asked:
            began = time.perf_counter()
            claims = who_says(assistant, one["question"]).claims
            took.append(time.perf_counter() - began)
            if not one["answers"]:
                absent.append(len(claims))
                continue
            right = [holds(claim.answer, one["answers"]) for claim in claims]
            found += any(right)
            first += right[:1] == [True]
            rows.append(len(claims))
        measured = _marked(asked)
        values, whole, speakers = _measured(assistant, measured)
    print(f"different answers found          {sum(values)} of {len(values)}")
    print(f"questions with all of them       {whole} of {len(measured)}")
    stated = speakers["right"] + speakers["wrong"] + speakers["not marked"]
    named = speakers["right"] + speakers["wrong"] + speakers["missed"]
    print(f"speakers right of those stated   {speakers['right']} of {stated}")
    print(f"speakers right of those marked   {speakers['right']} of {named}")
    print(f"an accepted answer is among them {found} of {len(rows)}, the first {first}")
    print(f"answers to a question            {statistics.median(rows):.0f} (median)")
    print(f"answers where there is none      {statistics.median(absent):.0f} (median)")
    print(f"seconds a question               {statistics.median(took):.2f} (median)")


def _marked(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The marked questions; those of the set are named by their id alone."""
    known = {one["id"]: one["question"] for one in asked}
    marked = [json.loads(line) for line in MARKED.read_text("utf-8").splitlines()]
    return [{"question": known.get(one["id"]), **one} for one in marked]


def _measured(
    assistant: Assistant, marked: list[dict[str, Any]]
) -> tuple[list[bool], int, Counter[str]]:
    """Whether each value was found, how many questions have all, and how speakers are stated."""
    values: list[bool] = []
    whole, speakers = 0, Counter[str]()
    for one in marked:
        claims = who_says(assistant, one["question"]).claims
        found = [any(_gives(claim, value["value"]) for claim in claims) for value in one["values"]]
        values += found
        whole += all(found)
        for told in (told for value in one["values"] for told in value["told"]):
            for quotation in (quotation for claim in claims for quotation in claim.quotations):
                if _is_at(quotation, told):
                    speakers[_of_speaker(told["speaker"], quotation.said_by)] += 1
    return values, whole, speakers


def _gives(claim: Claim, value: str) -> bool:
    """Whether a claim is a marked value: the same numbers, or the one's words in the other's."""
    numbers = {one.value for one in numbers_in(value)}
    same = bool(numbers) and numbers == {one.value for one in numbers_in(claim.answer)}
    return same or _plain(value) in _plain(claim.answer) or _plain(claim.answer) in _plain(value)


def _is_at(quotation: Quotation, told: dict[str, Any]) -> bool:
    document, sentence = quotation.citation.document, quotation.sentence.quote
    return document.endswith(told["doc"]) and _plain(told["begins"]) in _plain(sentence)


def _of_speaker(marked: str, stated: str) -> str:
    if marked and stated:
        return "right" if _words(marked) & _words(stated) else "wrong"
    return "missed" if marked else "not marked" if stated else "none"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", _plain(text))) - {"the", "and", "its", "that", "for"}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).lower()


if __name__ == "__main__":
    main()
