"""Measure the recognition of names against 60 articles whose names were marked by hand.

`python benchmarks/names.py [--ner NAME]` prints precision, recall and F1 of the names of each
document, its forms merged: a name is right if a marked one has the same longest form and kind. The
articles are of `../shared/data/news`; the marks, `benchmarks/names_marked.jsonl`, hold no text but
the names.
"""

import argparse
import json
import lzma
import time
from collections import Counter
from pathlib import Path

from qa.archive.names.forms import DocumentName, cleaned, document_names, key_of
from qa.archive.names.recognizer import NAME, load_recognizer

MARKED = Path(__file__).with_name("names_marked.jsonl")
NEWS = Path(__file__).parents[2] / "shared" / "data" / "news"


def articles(wanted: set[str]) -> dict[str, str]:
    """The articles with these addresses, each with its title."""
    found = {}
    for file in sorted(NEWS.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                if one["url"] in wanted:
                    found[one["url"]] = f"{one['title']}\n\n{one['text']}\n"
    return found


def compared(
    found: list[DocumentName], marked: list[dict[str, object]], *, kinds: bool
) -> Counter[str]:
    """How many names are right, wrong and missed."""
    got = {(key_of(one.name), one.kind if kinds else NAME) for one in found}
    wanted = {
        (
            key_of(cleaned(one["forms"][0], one["kind"]) or one["forms"][0]),
            one["kind"] if kinds else NAME,
        )
        for one in marked
    }
    return Counter(right=len(got & wanted), wrong=len(got - wanted), missed=len(wanted - got))


def shown(name: str, count: Counter[str]) -> str:
    """Precision, recall and F1 as a row."""
    precision = count["right"] / max(1, count["right"] + count["wrong"])
    recall = count["right"] / max(1, count["right"] + count["missed"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        f"{name:24} {precision:9.3f} {recall:9.3f} {f1:9.3f} {count['right'] + count['missed']:6}"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--ner", action="append", help="what recognizes the names")
    parser.add_argument("--errors", action="store_true", help="print what is wrong and missed")
    arguments = parser.parse_args()
    if not NEWS.exists():
        raise SystemExit(f"skipped: {NEWS} is not on this machine")
    marked = [json.loads(line) for line in MARKED.read_text("utf-8").splitlines()]
    texts = articles({one["article"] for one in marked})
    for ner in arguments.ner or [None, "capitals"]:
        recognizer = load_recognizer(ner)
        began = time.perf_counter()
        read = list(recognizer.marked([texts[one["article"]] for one in marked]))
        took = time.perf_counter() - began
        words = sum(len(text.split()) for text in texts.values())
        print(f"\n{recognizer.name}: {words / took:,.0f} words a second")
        print(f"{'':24} {'precision':>9} {'recall':>9} {'F1':>9} {'marked':>6}")
        all_kinds = {kind: Counter[str]() for kind in ("person", "organisation", "place")}
        total, untyped = Counter[str](), Counter[str]()
        for one, spans in zip(marked, read, strict=True):
            found = document_names(texts[one["article"]], spans)
            untyped += compared(found, one["names"], kinds=False)
            total += compared(found, one["names"], kinds=True)
            for kind in all_kinds:
                of_kind = [name for name in found if name.kind == kind]
                all_kinds[kind] += compared(
                    of_kind, [n for n in one["names"] if n["kind"] == kind], kinds=True
                )
            if arguments.errors:
                got = {key_of(n.name): n.kind for n in found}
                wanted = {key_of(n["forms"][0]): n["kind"] for n in one["names"]}
                print("wrong", sorted(set(got.items()) - set(wanted.items())))
                print("missed", sorted(set(wanted.items()) - set(got.items())))
        for kind, count in all_kinds.items():
            print(shown(kind, count))
        print(shown("all, with their kinds", total))
        print(shown("all, whatever the kind", untyped))


if __name__ == "__main__":
    main()
