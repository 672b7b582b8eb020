"""Searching by meaning: exact in small segments, as good as promised in large ones."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

from index import DamagedIndexError, Document, Found, Index, Vectors
from index.search import vector_segment
from index.search.vector_segment import CODES, MEASURED, Rows, Segment, read_measured, write_segment
from index.search.vectors import VectorIndex
from index.text.chunking import embedded
from index.verify import verify

DIMENSION = 24


def unit(rows: int, seed: int, centres: int = 40) -> Vectors:
    """Vectors in clusters, as those of texts are."""
    draw = np.random.default_rng(seed)
    middle = draw.standard_normal((centres, DIMENSION))
    found = middle[draw.integers(0, centres, rows)] + 0.5 * draw.standard_normal((rows, DIMENSION))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float16).astype(np.float32)


def written(folder: Path, ids: np.ndarray, vectors: Vectors) -> Segment:
    files = write_segment(folder, [Rows(ids, [(0, vectors)])], DIMENSION)
    return Segment(folder, [file.name for file in files])


def exactly(ids: np.ndarray, vectors: Vectors, question: Vectors, k: int) -> list[int]:
    scores = vectors @ question
    return [int(ids[n]) for n in sorted(range(len(ids)), key=lambda n: (-scores[n], ids[n]))[:k]]


@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
    k=st.integers(1, 30),
    live_share=st.sampled_from([1.0, 0.6]),
    allowed_share=st.sampled_from([None, 0.0, 0.2, 0.9]),
)
def test_a_small_index_finds_what_an_exact_search_finds(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    seed: int,
    k: int,
    live_share: float,
    allowed_share: float | None,
) -> None:
    folder = tmp_path_factory.mktemp("segments")
    draw = np.random.default_rng(seed)
    count = sum(sizes)
    ids = draw.choice(10_000, count, replace=False).astype(np.int64)
    vectors = unit(count, seed)
    edges = np.cumsum([0, *sizes])
    segments = [
        written(folder / str(n), ids[a:b], vectors[a:b]) for n, (a, b) in enumerate(pairwise(edges))
    ]
    live = draw.random(count) < live_share
    allowed = None if allowed_share is None else draw.random(count) < allowed_share
    index = VectorIndex(segments, ids[live] if live_share < 1 else None, DIMENSION)
    here = live if allowed is None else live & allowed
    question = unit(1, seed + 1)
    (found,) = index.search(question, k, None if allowed is None else ids[allowed])
    expected = exactly(ids[here], vectors[here], question[0], k)
    assert len(found) == len(expected)
    scores = {int(n): float(v @ question[0]) for n, v in zip(ids, vectors, strict=True)}
    for (number, score), wanted in zip(found, expected, strict=True):
        assert score == pytest.approx(scores[number], abs=1e-4)
        assert score == pytest.approx(scores[wanted], abs=1e-4)
    assert index.ids.tolist() == sorted(ids[live].tolist())
    assert np.allclose(index.vectors(ids[live]), vectors[live], atol=1e-3)
    with pytest.raises(KeyError):
        index.vectors([10_001])


@pytest.fixture
def codes_from(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Give a segment codes from so many rows on."""
    return lambda rows: monkeypatch.setattr(vector_segment, "EXACT_ROWS", rows)


def test_a_large_segment_finds_the_share_that_was_measured(
    tmp_path: Path, codes_from: Callable[[int], None]
) -> None:
    codes_from(1000)
    ids = np.random.default_rng(3).choice(10**6, 6000, replace=False).astype(np.int64)
    vectors, asked = np.split(unit(6100, 5), [6000])
    large = written(tmp_path / "large", ids, vectors)
    known = read_measured(tmp_path / "large")
    assert known.recall >= vector_segment.RECALL
    assert known.again < 16
    shares = []
    for question, (scores, found) in zip(asked, large.search(asked, 20, None, None), strict=True):
        assert list(scores) == sorted(scores, reverse=True)
        shares.append(len({*found.tolist()} & {*exactly(ids, vectors, question, 20)}) / 20)
    assert np.mean(shares) >= vector_segment.RECALL


@pytest.mark.parametrize("about", ["anything", "the question", "something else"])
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_a_filter_is_kept_in_a_large_segment(
    tmp_path: Path,
    codes_from: Callable[[int], None],
    share: float,
    about: str,
) -> None:
    codes_from(1000)
    ids = np.arange(6000)
    vectors, asked = np.split(unit(6050, 5), [6000])
    index = VectorIndex([written(tmp_path / "large", ids, vectors)], None, DIMENSION)
    shares = []
    for question in asked:
        chance = np.random.default_rng(1).random(6000)
        order = chance if about == "anything" else vectors @ question
        chosen = np.zeros(6000, bool)
        nearest = np.argsort(-order if about == "the question" else order)
        chosen[nearest[: round(share * 6000)]] = True
        (hits,) = index.search(question[np.newaxis], 20, ids[chosen])
        found = [number for number, _ in hits]
        assert chosen[found].all()
        assert len(found) == 20
        wanted = exactly(ids[chosen], vectors[chosen], question, 20)
        shares.append(len({*found} & {*wanted}) / 20)
    assert np.mean(shares) == 1


@pytest.mark.parametrize("dead", ["anywhere", "near the question"])
def test_what_is_dead_in_a_large_segment_is_not_found(
    tmp_path: Path, codes_from: Callable[[int], None], dead: str
) -> None:
    codes_from(1000)
    ids = np.arange(6000)
    vectors, asked = np.split(unit(6030, 5), [6000])
    large = written(tmp_path / "large", ids, vectors)
    shares = []
    for question in asked:
        order = np.random.default_rng(2).random(6000) if dead == "anywhere" else vectors @ question
        live = np.sort(ids[np.argsort(-order)[1000:]])
        index = VectorIndex([large], live, DIMENSION)
        (hits,) = index.search(question[np.newaxis], 20)
        found = {number for number, _ in hits}
        shares.append(len(found & {*exactly(live, vectors[live], question, 20)}) / 20)
        assert found <= set(live.tolist())
    assert np.mean(shares) >= vector_segment.RECALL


@pytest.mark.parametrize("k", [500, 3000, 6000, 9000])
def test_as_many_are_found_as_are_asked_for(
    tmp_path: Path, codes_from: Callable[[int], None], k: int
) -> None:
    codes_from(1000)
    ids = np.arange(6000)
    vectors, asked = np.split(unit(6010, 5), [6000])
    index = VectorIndex([written(tmp_path / "large", ids, vectors)], None, DIMENSION)
    for hits in index.search(asked, k):
        assert len({number for number, _ in hits}) == min(k, 6000)


class Counting(ToyEncoder):
    """Counts the texts it was asked to embed."""

    texts = 0

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `ToyEncoder.encode`."""
        self.texts += len(texts)
        return super().encode(texts, progress)


def test_codes_are_made_again_without_embedding_anything(
    tmp_path: Path, codes_from: Callable[[int], None]
) -> None:
    codes_from(100)
    encoder = Counting()
    index = Index.create(tmp_path / "index", encoder)
    texts = [f"Text {n}. Moscow said {n * n} and {n % 7} more words." for n in range(150)]
    index.add_documents(
        [Document(str(n), text, Found(str(n), "given")) for n, text in enumerate(texts)]
    )
    assert index.status().recall >= vector_segment.RECALL
    assert verify(index).faults == ()
    before = index.search_vectors(encoder.encode(["Moscow said 49"]), 5)
    (codes,) = [one for one in index.store.derived("vectors") if one.file == CODES]
    path = codes.path(index.folder)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    damaged = Index.open(tmp_path / "index", encoder)
    assert verify(damaged).faults
    embedded = encoder.texts
    assert damaged.repair()
    assert encoder.texts == embedded
    assert verify(damaged).faults == ()
    assert damaged.search_vectors(encoder.encode(["Moscow said 49"]), 5) == before


def test_a_text_taken_out_and_put_back_is_found_once(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())
    documents = [
        Document(str(n), f"Text {n}. It says {n}.", Found(str(n), "given")) for n in range(30)
    ]
    for some in (documents[:20], documents[20:]):
        index.add_documents(some)
    for _ in range(3):
        index.remove(["3"])
        assert verify(index).faults == ()
        index.add_documents([documents[3]])
        assert verify(index).faults == ()
    hits = index.search_vectors(index.encoder.encode(["It says 3."]), 60)[0]
    assert len(hits) == len({hit.id for hit in hits}) == 30


@pytest.mark.parametrize("file", ["ids.npy", "rows.faiss"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "missing"])
def test_an_add_never_takes_damaged_vectors_over(tmp_path: Path, file: str, damage: str) -> None:
    index = Index.create(tmp_path / "index", ToyEncoder())

    def texts(first: int, last: int) -> list[Document]:
        return [
            Document(str(n), f"Text {n}. It says {n}.", Found(str(n), "given"))
            for n in range(first, last)
        ]

    index.add_documents(texts(0, 20))
    (path,) = (tmp_path / "index").rglob(file)
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[:-3] + bytes([content[-3] ^ 64]) + content[-2:])
    if damage == "cut":
        path.write_bytes(content[:-50])
    with pytest.raises(DamagedIndexError, match="quoth repair"):
        index.add_documents(texts(20, 40))
    assert index.repair()
    index.add_documents(texts(20, 40))
    assert verify(index).faults == ()
    ids = index.store.passage_ids()
    expected = [
        ToyEncoder().encode([embedded(document.search_title, one.span.of(document.text))])[0]
        for one in index.passages(ids.tolist())
        for document in [index.document(one.document)]
    ]
    assert np.allclose(index.vectors(ids.tolist()), expected, atol=1e-3)


def test_what_is_said_of_codes_is_checked_before_it_is_told(
    tmp_path: Path, codes_from: Callable[[int], None]
) -> None:
    codes_from(100)
    index = Index.create(tmp_path / "index", ToyEncoder())
    texts = [f"Text {n}. Moscow said {n * n} and {n % 7} more words." for n in range(150)]
    index.add_documents(
        [Document(str(n), text, Found(str(n), "given")) for n, text in enumerate(texts)]
    )
    (path,) = (tmp_path / "index").rglob(MEASURED)
    path.write_text("{")
    with pytest.raises(DamagedIndexError, match="quoth repair"):
        index.status()
    assert index.repair()
    assert 0 < index.status().recall <= 1


def test_the_file_of_rows_is_the_one_that_faiss_writes(tmp_path: Path) -> None:
    vectors = unit(300, 2)
    written(tmp_path / "segment", np.arange(300), vectors)
    kind = faiss.ScalarQuantizer.QT_fp16
    own = faiss.IndexScalarQuantizer(DIMENSION, kind, faiss.METRIC_INNER_PRODUCT)
    own.add(vectors)  # type: ignore[call-arg]
    faiss.write_index(own, str(tmp_path / "own"))
    assert (tmp_path / "segment" / "rows.faiss").read_bytes() == (tmp_path / "own").read_bytes()


def test_of_several_blocks_the_rows_that_are_kept_follow_each_other(tmp_path: Path) -> None:
    vectors, ids = unit(300, 3), np.arange(300)
    chosen = np.arange(300) % 3 == 1
    blocks = [(0, vectors[:120]), (120, vectors[120:250]), (250, vectors[250:])]
    write_segment(tmp_path / "segment", [Rows(ids, blocks, chosen)], DIMENSION)
    segment = Segment(tmp_path / "segment", ())
    assert segment.ids.tolist() == ids[chosen].tolist()
    assert np.allclose(segment.vectors(np.arange(len(segment))), vectors[chosen], atol=1e-3)
