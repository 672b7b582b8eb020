"""A segment: the vectors of one commit or of several, in files that never change.

Rows are stored as 16-bit floats, which changes a cosine by less than .0001. A small segment is
searched exactly. A large one also has codes of two bits for each number (RaBitQ: Gao and Long,
SIGMOD 2024). A search compares all codes and scores the best rows again exactly. How many are
scored again is measured, so that the result is nearly that of an exact search.
"""

import json
import os
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embedding.base import Vectors

Ids = NDArray[np.int64]
Chosen = NDArray[np.bool_]

IDS, ROWS, CODES, MEASURED = "ids.npy", "rows.faiss", "codes.faiss", "measured.json"

EXACT_ROWS = 100_000
"""A segment with fewer rows is searched exactly, in a few milliseconds."""
RECALL = 0.98
"""The share of the nearest 100 rows that a search by codes must find, as measured."""
_AMONG = 100
_MEASURED_ON = 200
_SAMPLED = 50_000
_BLOCK = 16_384
_HEADER, _ID_BYTES, _ROW_BYTES = 128, 8, 2
_COUNT_AT = 8
"""Where a file of FAISS has its number of rows, behind four letters and the dimension."""
_BITS, _TOGETHER = 2, 32
_MOST_AGAIN = 64
_EVEN = 1e-6
_MANY = 16
_ROOM = 10


@dataclass(frozen=True, slots=True)
class Codes:
    """What was measured of a segment's codes.

    For each requested row, `again` rows are scored again exactly. `recall` is the share of the
    nearest 100 rows that this finds, measured on 200 points midway between two rows.
    """

    again: int
    recall: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for a new segment: their ids, the rows in stretches, and which are kept (None: all)."""

    ids: Ids
    blocks: Iterable[tuple[int, Vectors | NDArray[np.float16]]]
    chosen: Chosen | None = None


class Segment:
    """A segment opened for searching. It may be used by several threads."""

    def __init__(self, folder: Path, files: Collection[str]) -> None:
        """Open the segment that is `files` in `folder`, which the caller has checked.

        Raises FileNotFoundError if a writer has deleted them since.
        """
        self.ids = read_ids(folder)
        self._flat = _mapped(folder / ROWS)
        self._codes: Any = _mapped(folder / CODES) if CODES in files else None
        self._again = read_measured(folder).again if CODES in files else 1

    def __len__(self) -> int:
        """How many rows it has."""
        return len(self.ids)

    @property
    def whole(self) -> bool:
        """Whether its files have the same number of rows."""
        return all(one.ntotal == len(self) for one in (self._flat, self._codes) if one is not None)

    @cached_property
    def _order(self) -> Ids:
        return np.argsort(self.ids)

    @cached_property
    def _rows(self) -> NDArray[np.float16]:
        """The rows as they lie in the mapped file."""
        size = len(self) * self._flat.d * _ROW_BYTES
        content = faiss.rev_swig_ptr(self._flat.codes.data(), size)
        return np.asarray(content).view(np.float16).reshape(len(self), self._flat.d)

    def places(self, ids: Ids) -> tuple[Ids, Ids]:
        """Which of `ids` are here, as places in `ids`, and the row of each."""
        if not len(self):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        found = np.searchsorted(self.ids, ids, sorter=self._order)
        rows = self._order[np.minimum(found, len(self) - 1)]
        here = np.flatnonzero(self.ids[rows] == ids)
        return here, rows[here]

    def vectors(self, rows: Ids) -> Vectors:
        """The vectors in these rows, shape (n, dimension)."""
        return np.asarray(self._rows[rows], dtype=np.float32)

    def search(
        self, questions: Vectors, k: int, alive: Chosen | None, allowed: Chosen | None
    ) -> list[tuple[Vectors, Ids]]:
        """For each question the scores and ids of its `k` nearest rows.

        Only rows that are both `alive` and `allowed` are returned; None means all rows.
        """
        chosen = alive if allowed is None else allowed if alive is None else alive & allowed
        count = len(self) if chosen is None else int(chosen.sum())
        k = min(k, count)
        if k < 1:
            return [(np.empty(0, np.float32), np.empty(0, np.int64)) for _ in questions]
        # For a few questions, several threads cost more than they save, and then keep spinning.
        with _threads(1 if len(questions) < _MANY else _cores()):
            again = self._again * max(k, _AMONG)
            if self._codes is None or allowed is not None or again > len(self) / _ROOM:
                return self._exactly(questions, k, chosen)
            return self._by_codes(questions, k, again, alive, round(again * len(self) / count))

    def _exactly(
        self, questions: Vectors, k: int, chosen: Chosen | None
    ) -> list[tuple[Vectors, Ids]]:
        parameters = None
        if chosen is not None:
            parameters = faiss.SearchParameters(sel=_bitmap(chosen))  # type: ignore[call-arg]
        scores, rows = self._flat.search(questions, k, params=parameters)
        return [(score, self.ids[row]) for score, row in zip(scores, rows, strict=True)]

    def _by_codes(
        self, questions: Vectors, k: int, again: int, alive: Chosen | None, asked: int
    ) -> list[tuple[Vectors, Ids]]:
        _, candidates = self._codes.search(questions, asked)
        found = []
        for question, rows in zip(questions, candidates, strict=True):
            kept = rows[rows >= 0]
            if alive is not None:
                kept = kept[alive[kept]]
            if len(kept) < max(k, again / 2):  # most of the near rows are deleted
                found += self._exactly(question[np.newaxis], k, alive)
            else:
                found.append(self._best(question, kept, k))
        return found

    def _best(self, question: Vectors, rows: Ids, k: int) -> tuple[Vectors, Ids]:
        scores = cosines(self.vectors(rows), question)
        best = np.argsort(-scores, kind="stable")[:k]
        return scores[best], self.ids[rows[best]]


def cosines(vectors: Vectors, question: Vectors) -> Vectors:
    """The cosine of each of a few vectors with the question's, shape (n,), in one thread."""
    return np.asarray(np.einsum("ij,j->i", vectors, question), np.float32)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Set FAISS's number of threads, a setting of the calling thread, within the block."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bitmap(chosen: Chosen) -> Any:  # noqa: ANN401 -- FAISS is not typed
    return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))  # type: ignore[call-arg, arg-type]


def _mapped(path: Path) -> Any:  # noqa: ANN401 -- FAISS is not typed
    """A FAISS index that stays in its file, mapped into memory."""
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:  # FAISS raises it for all file errors
        if not path.exists():
            raise FileNotFoundError(str(path)) from error
        raise


def read_measured(folder: Path) -> Codes:
    """What is known of the codes of the segment in `folder`, whose files the caller has checked."""
    return Codes(**json.loads((folder / MEASURED).read_text(encoding="utf-8")))


def read_ids(folder: Path) -> Ids:
    """The ids of the segment in `folder`, in order of its rows."""
    return np.asarray(np.load(folder / IDS), np.int64)


def read_blocks(folder: Path, dimension: int) -> Iterator[tuple[int, NDArray[np.float16]]]:
    """The rows of the segment in `folder` in stretches, each with the number of its first.

    They are read and not mapped, so that the memory they take is given back.
    """
    path = folder / ROWS
    count = rows_of((folder / IDS).stat().st_size)
    with path.open("rb") as file:
        # FAISS writes the rows last.
        file.seek(path.stat().st_size - count * dimension * _ROW_BYTES)
        for first in range(0, count, _BLOCK):
            size = min(_BLOCK, count - first)
            content = file.read(size * dimension * _ROW_BYTES)
            yield first, np.frombuffer(content, np.float16).reshape(size, dimension)


def rows_of(size: int) -> int:
    """How many rows a segment has whose file of ids has `size` bytes."""
    return (size - _HEADER) // _ID_BYTES


def write_segment(folder: Path, parts: Sequence[Rows], dimension: int) -> list[Path]:
    """Write `parts` one after the other as one segment in the new folder; its files.

    Raises OSError when the disk fails.
    """
    folder.mkdir()
    kept = [one.ids if one.chosen is None else one.ids[one.chosen] for one in parts]
    ids = np.concatenate([np.empty(0, np.int64), *kept])
    with (folder / IDS).open("xb") as file:
        np.save(file, ids)
    _write_rows(parts, len(ids), dimension, folder / ROWS)
    files = [folder / IDS, folder / ROWS]
    if len(ids) >= EXACT_ROWS:
        files += _write_codes(folder, len(ids), dimension)
    return files


def _write_rows(parts: Sequence[Rows], count: int, dimension: int, path: Path) -> None:
    """Write the rows kept of `parts`, one part after the other, as FAISS searches them exactly.

    They are written block by block, because FAISS would hold all of them in memory at once. A file
    of FAISS has its number of rows behind its kind and dimension, and the rows last, behind their
    size in bytes.
    """
    kind = faiss.ScalarQuantizer.QT_fp16
    empty = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    head = bytearray(faiss.serialize_index(empty).tobytes())
    struct.pack_into("<q", head, _COUNT_AT, count)
    struct.pack_into("<Q", head, len(head) - 8, count * dimension * _ROW_BYTES)
    with path.open("xb") as file:
        file.write(head)
        for one in parts:
            for first, block in one.blocks:
                chosen = None if one.chosen is None else one.chosen[first : first + len(block)]
                kept = block if chosen is None else block[chosen]
                file.write(np.ascontiguousarray(kept, np.float16).tobytes())


def _write(index: Any, path: Path) -> None:  # noqa: ANN401 -- FAISS is not typed
    with path.open("xb") as file:
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]


def _write_codes(folder: Path, count: int, dimension: int) -> list[Path]:
    rows = Segment(folder, ())
    draw = np.random.default_rng(0)
    made = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT, _TOGETHER, _BITS)
    sampled = np.sort(draw.choice(count, min(count, _SAMPLED), replace=False))
    with _threads(_cores()):
        made.train(rows.vectors(sampled))
        for _, block in read_blocks(folder, dimension):
            made.add(block.astype(np.float32))
        measured = _measured(made, folder, rows, draw)
    _write(made, folder / CODES)
    with (folder / MEASURED).open("x", encoding="utf-8") as file:
        json.dump({"again": measured.again, "recall": round(measured.recall, 4)}, file)
    return [folder / CODES, folder / MEASURED]


def _measured(
    made: Any,  # noqa: ANN401 -- FAISS is not typed
    folder: Path,
    rows: Segment,
    draw: np.random.Generator,
) -> Codes:
    """Find how many rows must be scored again for each requested one, doubling from one.

    Questions are not close to passages, so the test queries are midway between two rows.
    """
    pairs = draw.integers(0, len(rows), (2, _MEASURED_ON))
    questions = rows.vectors(pairs[0]) + rows.vectors(pairs[1])
    faiss.normalize_L2(questions)
    least = _least_near(questions, folder, _AMONG) - _EVEN
    wanted = min(_AMONG, len(rows))
    again = 1
    while True:
        _, near = made.search(questions, min(again * wanted, len(rows)))
        shares = []
        for question, found, enough in zip(questions, near, least, strict=True):
            scores = cosines(rows.vectors(found[found >= 0]), question)
            shares.append(min(int((scores >= enough).sum()), wanted) / wanted)
        recall = float(np.mean(shares))
        if recall >= RECALL or again >= _MOST_AGAIN:
            return Codes(again, recall)
        again *= 2


def _least_near(questions: Vectors, folder: Path, k: int) -> Vectors:
    """The score of the `k`-th nearest row to each question, shape (n,)."""
    best = np.empty((len(questions), 0), np.float32)
    for _, block in read_blocks(folder, questions.shape[1]):
        best = np.concatenate([best, questions @ block.astype(np.float32).T], axis=1)
        best = -np.sort(-best, axis=1)[:, :k]
    return best[:, -1]
