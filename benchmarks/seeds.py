"""Ask eval/gold/seeds.jsonl of the two seed articles: python benchmarks/seeds.py."""

import tempfile
from pathlib import Path

from eval.datasets import Question
from eval.measures import holds_answer
from eval.sets import load
from index import Index, load_encoder
from qa import Answer, Assistant

ROOT = Path(__file__).parent.parent


def rank_of_evidence(question: Question, answer: Answer) -> int | None:
    """The rank of the first passage that holds a whole judged span."""
    for passage in answer.passages:
        cited = passage.citation
        for judgement in question.judgements:
            same = Path(cited.document).name == judgement.document
            if same and any(
                cited.start <= span.start and span.end <= cited.end for span in judgement.spans
            ):
                return passage.rank
    return None


def main() -> None:
    """Print each question that misses, then the figures."""
    questions = load("seeds").questions
    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder) / "index", load_encoder())
        index.add([str(ROOT / "seeds")])
        assistant = Assistant(index)
        asked = [(question, assistant.ask(question.text)) for question in questions]
    answerable = [(q, a) for q, a in asked if q.answerable]
    unanswerable = [(q, a) for q, a in asked if not q.answerable]
    ranks = [rank_of_evidence(q, a) for q, a in answerable]
    holds = [a.answer is not None and holds_answer(a.answer.text, q.answers) for q, a in answerable]
    cites = [
        a.answer is not None and holds_answer(a.answer.sentence.quote, q.answers)
        for q, a in answerable
    ]
    for (question, answer), rank, held in zip(answerable, ranks, holds, strict=True):
        if rank != 1 or not held:
            said = answer.answer.text[:90] if answer.answer else "not answered"
            print(f"{question.id} rank {rank} {answer.confidence:.2f} {question.text}\n    {said}")
    for question, answer in unanswerable:
        print(f"{question.id} unanswerable {answer.confidence:.2f} {question.text}")
    print(f"evidence in the first passage  {ranks.count(1)} of {len(ranks)}")
    print(f"evidence in the first five     {sum(r is not None for r in ranks)} of {len(ranks)}")
    print(f"short answer holds gold        {sum(holds)} of {len(holds)}")
    print(f"its sentence holds gold        {sum(cites)} of {len(cites)}")
    print(f"wrongly not answered           {sum(a.answer is None for _, a in answerable)}")
    refused = sum(answer.answer is None for _, answer in unanswerable)
    print(f"rightly not answered           {refused} of {len(unanswerable)}")


if __name__ == "__main__":
    main()
