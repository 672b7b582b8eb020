"""What the reader learns from: each question with passages that answer it and that do not."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from eval.cached_index import index_of
from eval.datasets import DataSet, Question
from eval.judge import holds
from eval.measures import holds_answer
from eval.recipes.reader.groups import Example, Group
from eval.recipes.reader.near_nouns import near_nouns
from eval.recipes.reader.swaps import swapped
from eval.sets import load
from index import Document, Index, Passage, Span
from index.cache_folder import cache_folder
from index.text.sentences import sentences
from qa import Settings, retrieve

_NEGATIVES = 5
_LEAST_WORDS = 4
"""Shorter questions, such as QAMR's "What is it?", ask nothing that a passage could answer."""
_TITLED = {"squad2", "new_wiki", "squad2_train_part", "squad1_train_parts", "timeqa_human"}
"""The sets whose titles say what the document is about."""

_NOUNS = ("new_wiki", "squad1_train_parts", "squad2_train_part", "timeqa_human", "qamr")
"""The sets whose questions show which words are nouns."""


def groups_of(name: str, most: int | None = None) -> Path:
    """Write the training groups of a known set to a file, one JSON object a line; done once.

    Args:
        name: a set of `eval/sets.toml`.
        most: at most so many of its questions, drawn at random from a fixed seed; None is all.

    Returns:
        The file, in the cache folder.

    """
    path = cache_folder() / (f"reader-{name}-{most}.jsonl" if most else f"reader-{name}.jsonl")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            for group in _made(_sampled(load(name), most)):
                file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
        part.replace(path)
    return path


def _sampled(data: DataSet, most: int | None) -> DataSet:
    usable = [one for one in data.questions if len(one.text.split()) >= _LEAST_WORDS]
    if most is not None and most < len(usable):
        usable = random.Random(3).sample(usable, most)
    return replace(data, questions=usable)


def _made(data: DataSet) -> Iterator[Group]:
    random_ = random.Random(7)
    documents = {document.name: document for document in data.documents}
    about: dict[str, list[str]] = defaultdict(list)
    for question in data.questions:
        about[_article(question)].append(question.text)
    settings = Settings()
    with index_of(data.name, data.documents, settings, cache_folder()) as index:
        keys = {listed.name: listed.key for listed in index.documents()}
        asked = (question.text for name in _NOUNS for question in load(name).questions)
        near = near_nouns(asked, index.encoder)
        vectors = index.encoder.encode([question.text for question in data.questions])
        for place, question in enumerate(data.questions):
            if place % 1000 == 0:
                print(f"{data.name}: {place} of {len(data.questions)} questions", flush=True)
            examples = [
                *_own(
                    question,
                    documents[question.asked_of or ""],
                    index.passages_of([keys[question.asked_of or ""]]),
                    about[_article(question)],
                    near,
                    random_,
                ),
                *_negatives(index, question, vectors[place : place + 1]),
            ]
            if data.name not in _TITLED:
                examples = [replace(one, title="") for one in examples]
            yield Group(data.name, _article(question), question.text, tuple(examples))


def _article(question: Question) -> str:
    return (question.asked_of or "").split("/")[0]


def _own(
    question: Question,
    document: Document,
    passages: list[Passage],
    about: list[str],
    near: Mapping[str, Sequence[str]],
    random_: random.Random,
) -> Iterator[Example]:
    title = document.search_title
    if not question.answerable:
        for passage in passages:
            text = passage.span.of(document.text)
            yield Example("unanswered", question.text, title, text)
        return
    spans = [span for judgement in question.judgements for span in judgement.spans]
    for passage in passages:
        inside = [span for span in spans if passage.span.holds(span)]
        if not inside:
            continue
        text = passage.span.of(document.text)
        start = passage.span.start
        kept = tuple(dict.fromkeys((one.start - start, one.end - start) for one in inside))
        yield Example("answer", question.text, title, text, kept)
        others = random_.sample(about, min(6, len(about)))
        for changed in swapped(question.text, text, others, random_, near):
            yield Example("swapped", changed, title, text)
        left = _without_answer(document, passage, inside)
        if left and not holds_answer(left, question.answers):
            yield Example("removed", question.text, title, left)
        return


def _without_answer(document: Document, passage: Passage, answers: list[Span]) -> str:
    """The passage without the sentences that hold an answer."""
    text, at = "", passage.span.start
    for sentence, _ in sentences(document):
        if any(sentence.start < one.end and one.start < sentence.end for one in answers):
            text += document.text[at : max(at, sentence.start)]
            at = max(at, sentence.end)
    return (text + document.text[at : passage.span.end]).strip()


def _negatives(index: Index, question: Question, vector: object) -> Iterator[Example]:
    given = 0
    spans = {judgement.document: judgement.spans for judgement in question.judgements}
    for found in retrieve(index, question.text, vector):  # type: ignore[arg-type]
        document = index.document(found.passage.document)
        text = found.passage.span.of(document.text)
        judged = any(holds(found.passage.span, span) for span in spans.get(document.name, ()))
        asked_of = document.name == question.asked_of
        if judged or asked_of or holds_answer(text, question.answers):
            continue
        yield Example("negative", question.text, document.search_title, text)
        given += 1
        if given == _NEGATIVES:
            return
