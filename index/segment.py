"""A segment: the vectors of one commit or of several, in files that never change.

Rows are kept in sixteen bits, which moves a cosine by less than .0001. A small segment is searched
row by row. A large one has lists as well: FAISS's inverted file over rows in eight bits, of which
as many lists are searched as it takes to find what an exact search finds; what comes out is scored
again with the rows themselves.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encode import Vectors

Ids = NDArray[np.int64]
Chosen = NDArray[np.bool_]

IDS, ROWS, LISTS, MEASURED = "ids.npy", "rows.npy", "lists.faiss", "measured.json"

EXACT_ROWS = 100_000
"""A segment with fewer rows is searched exactly, in at most a few milliseconds."""
RECALL = 0.98
"""The share of the 20 nearest rows that a search of the lists must find, as measured on them."""
_AMONG = 20
_MEASURED_ON = 200
_BLOCK = 16_384
_SAMPLED_A_LIST = 40  # FAISS wants 39
_ROUNDS = 10
_EVEN = 1e-6
_MANY = 16
_FEW = 20_000
_HEADER, _ID_BYTES, _ROW_BYTES = 128, 8, 2
_RESCORED = 2


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of a segment's lists: how many, how many are searched, and what that finds.

    `recall` is the share found of the 20 nearest rows, over 200 points midway between two rows.
    """

    lists: int
    probes: int
    recall: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for a new segment: their ids, the rows in stretches, and which are kept (None: all)."""

    ids: Ids
    blocks: Iterable[tuple[int, Vectors | NDArray[np.float16]]]
    chosen: Chosen | None = None


class Segment:
    """A segment opened for searching. It may be used by several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the segment in `folder`, whose files the caller has checked."""
        self.ids = read_ids(folder)
        self._rows = np.load(folder / ROWS, mmap_mode="r")
        self._lists: Any = None
        if (folder / LISTS).exists():
            self._lists = faiss.read_index(str(folder / LISTS), faiss.IO_FLAG_MMAP_IFC)

    def __len__(self) -> int:
        """How many rows it has."""
        return len(self.ids)

    @property
    def whole(self) -> bool:
        """Whether its files fit each other."""
        return len(self._rows) == len(self.ids) and (
            self._lists is None or self._lists.ntotal == len(self.ids)
        )

    @cached_property
    def _order(self) -> Ids:
        return np.argsort(self.ids)

    @cached_property
    def _flat(self) -> Any:  # noqa: ANN401 -- FAISS is not typed
        dimension = self._rows.shape[1]
        kind = faiss.ScalarQuantizer.QT_fp16
        flat = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
        flat.add_sa_codes(np.ascontiguousarray(self._rows).view(np.uint8))
        return flat

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
        self, questions: Vectors, k: int, chosen: Chosen | None
    ) -> list[tuple[Vectors, Ids]]:
        """For each question the scores and ids of its `k` nearest rows among those `chosen`."""
        count = len(self) if chosen is None else int(chosen.sum())
        k = min(k, count)
        if k < 1:
            return [(np.empty(0, np.float32), np.empty(0, np.int64)) for _ in questions]
        # For a question or two, a team of threads costs more than it saves, and spins afterwards.
        faiss.omp_set_num_threads(1 if len(questions) < _MANY else _cores())
        if self._lists is None:
            scores, rows = self._flat.search(questions, k, params=_only(chosen))
            return [(score, self.ids[row]) for score, row in zip(scores, rows, strict=True)]
        if chosen is not None and count <= _FEW:
            candidates = [np.flatnonzero(chosen)] * len(questions)
        else:
            candidates = self._near(questions, _RESCORED * k, chosen, len(self) / count)
        return [
            self._best(question, rows, k)
            for question, rows in zip(questions, candidates, strict=True)
        ]

    def _near(self, questions: Vectors, k: int, chosen: Chosen | None, more: float) -> list[Ids]:
        """Rows likely to be near each question; `more` times as many lists are searched."""
        probes = min(self._lists.nlist, round(self._lists.nprobe * more))
        selector = None if chosen is None else _bitmap(chosen)
        parameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        _, rows = self._lists.search(questions, k, params=parameters)
        return [row[row >= 0] for row in rows]

    def _best(self, question: Vectors, rows: Ids, k: int) -> tuple[Vectors, Ids]:
        scores = np.concatenate(
            [
                cosines(self.vectors(rows[at : at + _BLOCK]), question)
                for at in range(0, max(1, len(rows)), _BLOCK)
            ]
        )
        best = np.argsort(-scores, kind="stable")[:k]
        return scores[best], self.ids[rows[best]]


def cosines(vectors: Vectors, question: Vectors) -> Vectors:
    """The cosine of each of a few vectors with the question's, shape (n,), in one thread."""
    return np.asarray(np.einsum("ij,j->i", vectors, question), np.float32)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bitmap(chosen: Chosen) -> Any:  # noqa: ANN401 -- FAISS is not typed
    return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))  # type: ignore[call-arg, arg-type]


def _only(chosen: Chosen | None) -> Any:  # noqa: ANN401 -- FAISS is not typed
    return None if chosen is None else faiss.SearchParameters(sel=_bitmap(chosen))  # type: ignore[call-arg]


def measured_in(folder: Path) -> Lists | None:
    """What is known of the lists of the segment in `folder`; None if it is searched exactly."""
    kept = folder / MEASURED
    if not kept.exists():
        return None
    return Lists(**json.loads(kept.read_text(encoding="utf-8")))


def read_ids(folder: Path) -> Ids:
    """The ids of the segment in `folder`, in order of its rows."""
    return np.asarray(np.load(folder / IDS), np.int64)


def read_blocks(folder: Path) -> Iterator[tuple[int, NDArray[np.float16]]]:
    """The rows of the segment in `folder` in stretches, each with the number of its first.

    They are read and not mapped, so that the memory they take is given back.
    """
    with (folder / ROWS).open("rb") as file:
        np.lib.format.read_magic(file)
        (count, dimension), _, _ = np.lib.format.read_array_header_1_0(file)
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
    with (folder / ROWS).open("xb") as file:
        header = {"descr": "<f2", "fortran_order": False, "shape": (len(ids), dimension)}
        np.lib.format.write_array_header_1_0(file, header)
        for one in parts:
            for first, block in one.blocks:
                here = slice(first, first + len(block))
                rows = block if one.chosen is None else block[one.chosen[here]]
                file.write(np.ascontiguousarray(rows, dtype=np.float16).data)
    files = [folder / IDS, folder / ROWS]
    if len(ids) >= EXACT_ROWS:
        files += _write_lists(folder, len(ids), dimension)
    return files


def _write_lists(folder: Path, count: int, dimension: int) -> list[Path]:
    rows = np.load(folder / ROWS, mmap_mode="r")
    draw = np.random.default_rng(0)
    lists = max(1, min(round(2 * count**0.5), count // _SAMPLED_A_LIST))
    made = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    faiss.omp_set_num_threads(_cores())
    made.cp.niter, made.cp.spherical = _ROUNDS, True
    sampled = np.sort(draw.choice(count, min(count, _SAMPLED_A_LIST * lists), replace=False))
    made.train(np.asarray(rows[sampled], np.float32))
    for _, block in read_blocks(folder):
        made.add(block.astype(np.float32))
    measured = _measured(made, folder, rows, draw)
    made.nprobe = measured.probes
    with (folder / LISTS).open("xb") as file:
        faiss.write_index(made, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
    with (folder / MEASURED).open("x", encoding="utf-8") as file:
        told = {"lists": lists, "probes": measured.probes, "recall": round(measured.recall, 4)}
        json.dump(told, file)
    return [folder / LISTS, folder / MEASURED]


def _measured(
    made: Any,  # noqa: ANN401 -- FAISS is not typed
    folder: Path,
    rows: NDArray[np.float16],
    draw: np.random.Generator,
) -> Lists:
    """How many lists must be searched, tried from one on, each time twice as many.

    Questions lie apart from passages, so what is asked for is midway between two rows: on rows
    themselves far fewer lists would seem to do.
    """
    pairs = draw.integers(0, len(rows), (2, _MEASURED_ON))
    questions = np.asarray(rows[pairs[0]], np.float32) + np.asarray(rows[pairs[1]], np.float32)
    faiss.normalize_L2(questions)
    least = _least_near(questions, folder, _AMONG) - _EVEN
    probes, recall = 1, 0.0
    while True:
        made.nprobe = probes
        _, near = made.search(questions, _RESCORED * 5 * _AMONG)
        shares = []
        for question, found, enough in zip(questions, near, least, strict=True):
            scores = np.asarray(rows[found[found >= 0]], np.float32) @ question
            shares.append(min(int((scores >= enough).sum()), _AMONG) / min(_AMONG, len(rows)))
        recall = float(np.mean(shares))
        if recall >= RECALL or probes >= made.nlist:
            return Lists(made.nlist, probes, recall)
        probes = min(made.nlist, 2 * probes)


def _least_near(questions: Vectors, folder: Path, k: int) -> Vectors:
    """The score of the `k`-th nearest row to each question, shape (n,)."""
    best = np.empty((len(questions), 0), np.float32)
    for _, block in read_blocks(folder):
        best = np.concatenate([best, questions @ block.astype(np.float32).T], axis=1)
        best = -np.sort(-best, axis=1)[:, :k]
    return best[:, -1]
