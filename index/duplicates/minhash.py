"""Texts that share much: copies of one story, found by MinHash and then compared word by word.

A signature is 128 minima of hashes of a body's shingles, runs of five words (A. Broder, "On the
resemblance and containment of documents", 1997). Two texts whose signatures agree in a band are
compared exactly, by the share of the shorter one's shingles that the other one has. A text that was
cut in half, or that has other text around it, is therefore still a copy.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.documents import Document, Part

Bands = NDArray[np.uint64]

COPY = 0.6
"""Two texts that share at least this part of the shorter one are copies of one story."""
RELATED = 0.25
"""Two texts that share at least this part may be versions of one article."""
_SHINGLE = 5
_SCHEME = "affine32"
_LEAST_SHINGLES = 20
_PERMUTATIONS = 128
_BANDS = 64
_MOST_COMING = 1_000
_MIX = 0x9E3779B97F4A7C15
_WORD = re.compile(r"\w+")


def shingles(document: Document) -> frozenset[str]:
    """The runs of five words in a document's body, without case and punctuation."""
    words: list[str] = []
    at = 0
    for region in document.regions:
        words += _WORD.findall(document.text[at : region.span.start].casefold())
        at = region.span.end if region.part is not Part.BODY else at
    words += _WORD.findall(document.text[at:].casefold())
    return _runs(words)


def shingles_of(text: str) -> frozenset[str]:
    """The runs of five words in a text, without case and punctuation."""
    return _runs(_WORD.findall(text.casefold()))


def _runs(words: Sequence[str]) -> frozenset[str]:
    return frozenset(
        " ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)
    )


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the shorter of two texts the other has, 0 to 1."""
    return len(one & other) / max(1, min(len(one), len(other)))


class SharedBands(Protocol):
    """Finds the texts of an index whose signatures agree with a new one in a band."""

    def near(self, bands: Bands) -> set[str]:
        """The keys of the texts that have one of these bands, shape (bands,)."""
        ...

    def know(self, key: str, bands: Bands) -> None:
        """Find the text with this key from now on."""
        ...

    def forget(self, keys: Iterable[str]) -> None:
        """Do not find the texts with these keys any more."""
        ...


class KnownTexts:
    """The texts of an index, to find those that are similar to a new one.

    Two texts are compared if their signatures agree in at least one band.
    """

    def __init__(
        self,
        bands: SharedBands,
        document: Callable[[str], Document],
        tell_apart: Callable[[Document, Document], bool] = lambda _one, _other: False,
    ) -> None:
        """Look for texts in `bands`; `document` returns the document with a key.

        `tell_apart` says whether two texts that share enough to be copies belong to one series.
        """
        self._bands = bands
        self._document = document
        self._tell_apart = tell_apart

    def forget(self, keys: Iterable[str]) -> None:
        """Remove the texts with these keys."""
        self._bands.forget(keys)

    def add(
        self, documents: Mapping[str, Document]
    ) -> tuple[dict[str, bytes], list[tuple[str, str, float]]]:
        """Add documents; return their signatures and each similar pair with its share.

        The share of a pair of one series is negative. A text of fewer than a few sentences gets no
        signature, because it would be similar to too many others.
        """
        signatures: dict[str, bytes] = {}
        alike: list[tuple[str, str, float]] = []
        held: dict[str, frozenset[str]] = {}
        for key, document in documents.items():
            mine = shingles(document)
            if len(mine) < _LEAST_SHINGLES:
                continue
            signature = _signature(mine)
            bands = bands_of(signature[np.newaxis])[0]
            for other in sorted(self._bands.near(bands) - {key}):
                if other not in held:
                    held[other] = shingles(self._document(other))
                found = share(mine, held[other])
                if found >= COPY:
                    theirs = documents.get(other) or self._document(other)
                    found = -found if self._tell_apart(document, theirs) else found
                if abs(found) >= RELATED:
                    alike.append((key, other, round(found, 4)))
            self._bands.know(key, bands)
            held[key] = mine
            signatures[key] = signature.tobytes()
        return signatures, alike


class BandsInMemory:
    """The bands of all texts, in one sorted array.

    Bands of new texts are kept in a table until there are enough to merge.
    """

    def __init__(self, signatures: Mapping[str, bytes]) -> None:
        """Start with these signatures, by key."""
        self._keys = list(signatures)
        self._gone: set[str] = set()
        rows = np.frombuffer(b"".join(signatures.values()), "<u8").reshape(-1, _PERMUTATIONS)
        self._sorted, self._places = _sorted(bands_of(rows), 0)
        self._new: list[Bands] = []
        self._coming: dict[int, list[str]] = {}

    def forget(self, keys: Iterable[str]) -> None:
        """Do not find the texts with these keys any more."""
        self._gone.update(keys)

    def know(self, key: str, bands: Bands) -> None:
        """Find the text with this key from now on."""
        self._gone.discard(key)
        self._new.append(bands)
        for band in bands.tolist():
            self._coming.setdefault(band, []).append(key)
        self._keys.append(key)
        if len(self._new) >= _MOST_COMING:
            known = len(self._keys) - len(self._new)
            bands, places = _sorted(np.stack(self._new), known)
            at = np.searchsorted(self._sorted, bands, "right")
            self._sorted = np.insert(self._sorted, at, bands)
            self._places = np.insert(self._places, at, places)
            self._new, self._coming = [], {}

    def near(self, bands: Bands) -> set[str]:
        """The keys of the texts that have one of these bands, shape (bands,)."""
        first = np.searchsorted(self._sorted, bands, "left")
        last = np.searchsorted(self._sorted, bands, "right")
        found = {
            self._keys[place]
            for start, end in zip(first, last, strict=True)
            for place in self._places[start:end].tolist()
        }
        for band in bands.tolist():
            found.update(self._coming.get(band, ()))
        return found - self._gone


def _signature(of: Iterable[str]) -> Bands:
    """The MinHash signature of a set, 128 numbers."""
    from datasketch import MinHash  # noqa: PLC0415 -- half a second, for new texts only

    made = MinHash(num_perm=_PERMUTATIONS, scheme=_SCHEME)
    made.update_batch([shingle.encode() for shingle in of])
    return np.asarray(made.hashvalues, "<u8")


def bands_of(signatures: Bands) -> Bands:
    """A number for each band of each signature, shape (n, bands); equal bands have equal ones."""
    parts = signatures.reshape(len(signatures), _BANDS, _PERMUTATIONS // _BANDS)
    mixed = np.zeros((len(signatures), _BANDS), "<u8") + np.arange(_BANDS, dtype="<u8")
    for column in range(parts.shape[2]):
        mixed = (mixed ^ parts[:, :, column]) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def bands_kept(signature: bytes) -> list[int]:
    """The bands of a signature as it is kept, as signed 64-bit numbers, shape (bands,)."""
    row = np.frombuffer(signature, "<u8")
    return [int(band) for band in bands_of(row[np.newaxis])[0].view("<i8")]


def _sorted(bands: Bands, first: int) -> tuple[Bands, NDArray[np.int32]]:
    """The bands of texts, shape (n, bands), sorted, and the number of the text each is of."""
    flat = bands.ravel()
    order = np.argsort(flat, kind="stable")
    return flat[order], (order // _BANDS + first).astype(np.int32)


def stories(keys: Iterable[str], alike: Sequence[tuple[str, str, float]]) -> dict[str, str]:
    """Map each key to its story: the smallest key of the texts joined to it as copies."""
    story = {key: key for key in keys}

    def root(key: str) -> str:
        while story[key] != key:
            story[key] = story[story[key]]
            key = story[key]
        return key

    for one, other, found in alike:
        if found >= COPY and one in story and other in story:
            first, second = sorted((root(one), root(other)))
            story[second] = first
    return {key: root(key) for key in story}
