"""Adding real folders, cost and completeness: python benchmarks/folders.py [WHAT…].

WHAT is any of pages, office, hostile, archive, copies; all without it. Sets come from
../shared/data; hostile files are made here. Prints each figure beside its goal.
"""

import io
import json
import lzma
import os
import random
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import trafilatura
from lxml import html
from readability import Document as Readability

from index import Document, Index
from index.documents import Found
from index.duplicates.clusters import is_other_article
from index.duplicates.minhash import COPY, BandsInMemory, KnownTexts, stories
from index.parsing.formats.html import page
from index.parsing.loader import documents_in

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
QUOTH = Path(sys.executable).with_name("quoth")
SENTENCE = "At vero eos et accusam et justo duo dolores et ea rebum."
_TOKEN = re.compile(r"\w+")


def told(what: str, seen: object, goal: str = "") -> None:
    """Print a figure."""
    print(f"{what:58} {seen!s:>16}  {goal}")


# Pages: the measure of github.com/scrapinghub/article-extraction-benchmark, shingles of 4 tokens.


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four tokens of a text, counted."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


def body_f1(truth: dict[str, str], bodies: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pages, each page weighing alike."""
    precision, recall = [], []
    for key, text in truth.items():
        wanted, found = shingles(text), shingles(bodies[key])
        both = sum((wanted & found).values())
        precision.append(both / max(1, sum(found.values())))
        recall.append(both / max(1, sum(wanted.values())))
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return p, r, 2 * p * r / (p + r)


def own_body(document: Document) -> str:
    """A page's article without the rest of the page."""
    return document.text[: document.regions[0].span.start if document.regions else None]


def pages() -> None:
    """Article bodies and dates of the 60 pages."""
    truth_file = DATA / "html_articles" / "ground-truth.json.xz"
    truth = {
        k: v["articleBody"] for k, v in json.loads(lzma.decompress(truth_file.read_bytes())).items()
    }
    markup: dict[str, str] = {}
    with tarfile.open(DATA / "html_articles" / "pages.tar.xz") as packed:
        for member in packed:
            file = packed.extractfile(member)
            if file is not None:
                markup[Path(member.name).stem] = file.read().decode("utf-8", "replace")
    documents = {key: page(text, f"{key}.html") for key, text in markup.items()}
    readers: dict[str, Callable[[str], str]] = {
        "Quoth": lambda key: own_body(documents[key]),
        "trafilatura": lambda key: trafilatura.extract(markup[key], include_comments=False) or "",
        "readability": lambda key: html.fromstring(
            Readability(markup[key]).summary()
        ).text_content(),
    }
    for name, read in readers.items():
        p, r, f1 = body_f1(truth, {key: read(key) for key in truth})
        goal = "goal .95" if name == "Quoth" else ""
        told(f"pages, {name}: precision, recall, F1", f"{p:.3f} {r:.3f} {f1:.3f}", goal)
    how = Counter(d.published.how if d.published else "none" for d in documents.values())
    told("pages with a date", f"{len(documents) - how['none']} of {len(documents)}")
    print(f"    found in: {dict(how)}")


def office() -> None:
    """One text in nine formats."""
    found = [d for d in documents_in([str(DATA / "office" / "terrier")]) if isinstance(d, Document)]
    same = sum(SENTENCE in " ".join(one.text.split()) for one in found)
    told("one sentence in nine formats", f"{same} of 9", "goal 9")


# Hostile files


def bombs(folder: Path) -> None:
    """Write files that attack their parser, such as decompression bombs."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office_ = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = f'<Relationship Id="r" Type="{office_}/officeDocument" Target="word/document.xml"/>'
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"

    def docx(name: str, paragraphs: Iterator[bytes], before: str = "") -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr(
                "_rels/.rels", f'<Relationships xmlns="{rels}">{relation}</Relationships>'
            )
            with made.open("word/document.xml", "w", force_zip64=True) as body:
                body.write(f'{before}<w:document xmlns:w="{w}"><w:body>'.encode())
                for paragraph in paragraphs:
                    body.write(paragraph)
                body.write(b"</w:body></w:document>")

    one = b"<w:p><w:r><w:t>A paragraph.</w:t></w:r></w:p>"
    docx("six-million.docx", (one * 10_000 for _ in range(600)))
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laugh = f'<!DOCTYPE d [<!ENTITY l0 "lol">{entities}]>'
    docx("laughs.docx", iter([one.replace(b"A p", b"&l9; p")]), laugh)
    (folder / "laughs.xhtml").write_text(
        f'<?xml version="1.0"?>{laugh}<html><body><p>Before.</p><p>&l9;</p></body></html>'
    )
    stream = zlib.compress(zlib.compress(b"BT (x) Tj ET " + b" " * 400_000_000, 9), 9)
    stream = zlib.compress(stream, 9)
    filters = b"[/FlateDecode/FlateDecode/FlateDecode]"
    (folder / "inflates.pdf").write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length " + str(len(stream)).encode() + b"/Filter" + filters + b">>stream\n"
        + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )  # fmt: skip
    for count in (2_000, 100_000):
        divs = "".join(f"<div>layer {number} " for number in range(count))
        (folder / f"nested-{count}.html").write_text(f"<html><body>{divs}</html>")
    (folder / "line.txt").write_text("word " * 10_000_000)
    inner = b"The innermost file says that the bridge was closed."
    name = "inner.txt"
    for number in range(3):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr(name, inner)
        inner, name = held.getvalue(), f"level{number}.zip"
    (folder / "three-deep.zip").write_bytes(inner)
    os.mkfifo(folder / "pipe.pdf")
    (folder / "itself.txt").symlink_to(folder / "itself.txt")
    (folder / "around").symlink_to(folder)


def hostile() -> None:
    """The odd documents, the bombs and 100 good files in one folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "mixed"
        folder.mkdir()
        with tarfile.open(DATA / "bad_input" / "documents.tar.xz") as packed:
            packed.extractall(folder / "odd", filter="data")
        bombs(folder)
        for number in range(100):
            (folder / f"good-{number}.txt").write_text(
                f"Good file {number}. Road {number} over the marsh was closed on day {number}.\n"
            )
        files = [p for p in folder.rglob("*") if not p.is_dir() and not p.name.startswith(".")]
        report = Path(place) / "report.json"
        started = time.monotonic()
        done = subprocess.run(
            [QUOTH, "add", str(folder), "--index", f"{place}/index", "--report", str(report)],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
        said = json.loads(report.read_text())
        named = {*said["added"], *(one["path"] for one in said["skipped"])}
        good = sum("/good-" in name for name in said["added"])
        lost = [p for p in files if not any(n == str(p) or n.startswith(f"{p}/") for n in named)]
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        told("hostile: exit code, seconds", f"{done.returncode}, {seconds:.0f}", "goal 0")
        told("hostile: good files indexed", f"{good} of 100", "goal 100")
        told("hostile: files neither indexed nor named", len(lost), "goal 0")
        told("hostile: largest process", f"{largest:.0f} MB", "limit 1000 over what it begins with")
        print(f"    skipped for: {said['reasons']}")
        for bomb in sorted(p for p in files if p.parent == folder and "good-" not in p.name):
            found = [s["message"] for s in said["skipped"] if s["path"] == str(bomb)]
            print(f"    {bomb.name}: {found[0].split(': ', 1)[1] if found else 'indexed'}")


def archive() -> None:
    """2,400 articles as .html and .txt: an add, a second one, and one with one file changed."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "articles"
        folder.mkdir()
        for number, one in enumerate(articles()):
            title, text = one["title"], one["text"]
            if number % 2:
                body = "".join(f"<p>{line}</p>" for line in text.split("\n") if line.strip())
                (folder / f"{number}.html").write_text(
                    f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
                    f"{body}</article></body></html>"
                )
            else:
                (folder / f"{number}.txt").write_text(f"{title}\n\n{text}")
        command = [QUOTH, "add", str(folder), "--index", f"{place}/index"]

        def add() -> tuple[float, str]:
            started = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return time.monotonic() - started, done.stdout.strip()

        seconds, said = add()
        told("archive: first add", f"{seconds:.0f} s", said)
        seconds, said = add()
        told("archive: second add", f"{seconds:.2f} s", f"goal 3 s; {said}")
        changed = folder / "0.txt"
        changed.write_text(changed.read_text() + "\n\nOne more sentence stands here now.\n")
        seconds, said = add()
        told("archive: one file changed", f"{seconds:.2f} s", f"goal 2 s; {said}")
        with Index.open(Path(place) / "index") as index:
            groups = index.stories().groups()
        told("archive: stories told by several documents", len(groups))


# Copies


def articles() -> list[dict[str, str]]:
    """The articles of realtimeqa."""
    with lzma.open(DATA / "realtimeqa" / "corpus.jsonl.xz", "rt") as lines:
        return [json.loads(line) for line in lines]


def copies() -> None:
    """Copies made of 600 articles: cut, punctuated otherwise, with boilerplate around them."""
    rng = random.Random(5)  # noqa: S311 -- a benchmark draws from a seed
    texts = [one["text"] for one in articles() if len(one["text"].split()) >= 120]  # noqa: PLR2004 -- an article
    known = {str(n): _document(str(n), text) for n, text in enumerate(texts)}
    everything = dict(known)
    index = KnownTexts(BandsInMemory({}), everything.__getitem__, is_other_article)
    _, alike = index.add(known)
    story = stories(known, alike)
    kinds = ("cut", "punctuated", "boilerplate", "cut boilerplate", "cut punctuated boilerplate")
    made = {}
    for number, key in enumerate(rng.sample(sorted(known), 600)):
        text = known[key].text
        kind = kinds[number % len(kinds)]
        if "cut" in kind:
            words = text.split(" ")
            kept = int(len(words) * rng.uniform(0.5, 0.9))
            start = rng.choice([0, len(words) - kept])
            text = " ".join(words[start : start + kept])
        if "punctuated" in kind:
            text = re.sub(r"[,;:\"“”'’]", lambda m: rng.choice(["", m.group(), " "]), text)
        if "boilerplate" in kind:
            other = " ".join(rng.choice(texts).split(" ")[: rng.randint(30, 150)])
            text = f"{other}\n\n{text}" if rng.random() < 0.5 else f"{text}\n\n{other}"  # noqa: PLR2004 -- either side
        made[f"{key}:{kind}"] = _document(key, text)
    everything.update(made)
    _, alike = index.add(made)
    pairs = [(a, b) for a, b, share in alike if share >= COPY]
    right = [(a, b) for a, b in pairs if story[a.split(":")[0]] == story[b.split(":")[0]]]
    found = {a for a, _ in right}
    told("copies: precision over pairs", f"{len(right) / len(pairs):.3f}", "goal .98")
    told("copies: recall over copies", f"{len(found) / len(made):.3f}", "goal .98")
    print(f"    missed: {dict(Counter(key.split(':')[1] for key in made if key not in found))}")


def _document(name: str, text: str) -> Document:
    return Document(name, text, Found(name, "file name"))


def main() -> None:
    """Measure what is asked for."""
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there; these benchmarks need it")
    parts = {f.__name__: f for f in (pages, office, hostile, archive, copies)}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
