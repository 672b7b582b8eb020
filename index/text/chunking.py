"""Cutting a document into passages."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.documents import Document, Part, Span
from index.embedding.base import Encoder
from index.text.matching import matching_text
from index.text.sentences import sentences
from index.text.tokens import DEFAULT, TokenCounter, token_counter

_GAP = re.compile(r"\s+")
_TIMED = 16
_PLAIN = re.compile(r"[\x00-\x7f‘’“”–—]*")
"""Text of these characters has at most one token for each character, in any tokenizer."""
_SPECIAL_TOKENS = 8
"""More than any tokenizer puts around a text."""


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How documents are cut into passages. An index remembers these settings.

    Attributes:
        size: the most tokens of a passage, in the encoding `tokens`.
        overlap: how many sentences two neighbouring passages share.
        tokens: the tiktoken encoding that tokens are counted in.
        title: whether the document's title is put in front of each passage that is embedded.

    Example:
        >>> Index.open(".quoth").settings == ChunkSettings()
        True
    """

    size: int = 240
    overlap: int = 2
    tokens: str = DEFAULT
    title: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, the unit that is retrieved.

    `id` is made from `document` (its key in the index), the span and the part: the same text
    cut the same way has the same ids, so that writing it twice changes nothing.
    """

    id: int
    document: str
    span: Span
    part: Part


@dataclass(frozen=True, slots=True)
class Chunks:
    """A document's passages, and how many were cut shorter to fit the encoder's window."""

    passages: list[Passage]
    cut_to_fit: int


def passage_id(document: str, span: Span, part: Part) -> int:
    """A 63-bit number from the BLAKE2b hash of what the passage is."""
    what = f"{document}:{span.start}:{span.end}:{part}".encode()
    return int.from_bytes(hashlib.blake2b(what, digest_size=8).digest()) >> 1


def document_key(document: Document) -> str:
    """A document's key in an index: a hash of its text and its search title."""
    what = f"{document.content_hash}\n{document.search_title}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(what).hexdigest()[:32]


def embedded(title: str, text: str) -> str:
    """What the encoder reads for a passage: the document's title, then the passage.

    Both are normalized by `index.text.matching`, which joins words hyphenated at a line's end.
    """
    read = matching_text(text).text
    return f"{matching_text(title).text}\n{read}" if title else read


class Chunker:
    """Cuts documents into passages that an encoder reads whole."""

    def __init__(self, settings: ChunkSettings, encoder: Encoder) -> None:
        """Cut as `settings` say, and never over `encoder.window`."""
        self._settings = settings
        self._encoder = encoder
        self._counter: TokenCounter = token_counter(settings.tokens)

    def title(self, document: Document, part: Part = Part.BODY) -> str:
        """The title in front of what is embedded, at most a quarter of the encoder's window.

        A footer gets none, because its subject is not that of the article.
        """
        title = document.search_title if self._settings.title and not part.is_footer else ""
        words = title.split()
        while words and self._encoder.count([" ".join(words)])[0] > self._encoder.window // 4:
            words = words[: len(words) * 3 // 4]
        return " ".join(words)

    def chunk(self, document: Document, check: Callable[[], None] | None = None) -> Chunks:
        """Cut `document` into passages, in order. `check` is called often and may raise.

        A passage is a run of whole sentences of one part, at most `size` tokens, that begins
        with the last `overlap` sentences of the one before. Every character that is not white
        space is in some passage. A sentence too long for one passage is cut between words.
        """
        key = document_key(document)
        passages = []
        cut_to_fit = 0
        for run, part in _runs(sentences(document)):
            title = self.title(document, part)
            pieces = self._pieces(document.text, title, run, check)
            groups = self._groups(document.text, pieces)
            spans = self._within_window(document.text, title, groups)
            cut_to_fit += len(pieces) - len(run) + len(spans) - len(groups)
            passages += [
                Passage(passage_id(key, span, part), key, span, part) for span in _outermost(spans)
            ]
        return Chunks(passages, cut_to_fit)

    def seconds_to_embed(self, document: Document, chunks: Chunks) -> float:
        """Estimate the time to embed the passages by embedding a few of them, evenly spaced."""
        few = chunks.passages[:: max(1, len(chunks.passages) // _TIMED)]
        texts = [
            embedded(self.title(document, one.part), one.span.of(document.text)) for one in few
        ]
        began = time.perf_counter()
        self._encoder.encode(texts)
        return (time.perf_counter() - began) * len(chunks.passages) / len(few)

    def _pieces(
        self,
        text: str,
        title: str,
        spans: Sequence[Span],
        check: Callable[[], None] | None,
    ) -> list[Span]:
        """Split each span that is too long for a passage between words until it fits."""
        if check is not None:
            check()
        fits = self._fits(text, title, spans)
        found = []
        for span, whole in zip(spans, fits, strict=True):
            found += [span] if whole else self._pieces(text, title, _halves(text, span), check)
        return found

    def _fits(self, text: str, title: str, spans: Sequence[Span]) -> list[bool]:
        """Whether each span alone is within both the size and the encoder's window.

        Most sentences are so short that this is known without counting their tokens.
        """
        fits: list[bool] = []
        to_count: list[tuple[int, str]] = []
        room = self._encoder.window - _SPECIAL_TOKENS - len(title)
        for place, span in enumerate(spans):
            length, piece = span.end - span.start, span.of(text)
            if length <= 1:
                fits.append(True)
            elif length <= room and _PLAIN.fullmatch(title + piece):
                fits.append(self._within_size(piece))
            else:
                fits.append(False)
                if length <= self._settings.size * 40:
                    to_count.append((place, piece))
        windows = self._encoder.count([embedded(title, piece) for _, piece in to_count])
        for (place, piece), window in zip(to_count, windows, strict=True):
            fits[place] = window <= self._encoder.window and self._within_size(piece)
        return fits

    def _within_size(self, piece: str) -> bool:
        """Whether a piece has no more tokens than a passage may; a token is a byte at least."""
        size = self._settings.size
        return len(piece.encode("utf-8", "replace")) <= size or self._counter.count(piece) <= size

    def _groups(self, text: str, sentences: Sequence[Span]) -> list[list[Span]]:
        """Runs of sentences of at most `size` tokens, each with its overlap at the front."""
        counts = [self._counter.count(sentence.of(text)) for sentence in sentences]
        groups: list[list[Span]] = []
        first = 0
        while first < len(sentences):
            last, total = first, counts[first]
            while last + 1 < len(sentences) and total + counts[last + 1] <= self._settings.size:
                last += 1
                total += counts[last]
            groups.append(list(sentences[first : last + 1]))
            if last + 1 == len(sentences):
                break
            first = self._next_first(counts, first, last)
        return groups

    def _next_first(self, counts: Sequence[int], first: int, last: int) -> int:
        """Where the passage after `first..last` begins, its overlap included."""
        room = self._settings.size - counts[last + 1]
        start = last + 1
        while start - 1 > first and last + 1 - start < self._settings.overlap:
            room -= counts[start - 1]
            if room < 0:
                break
            start -= 1
        return start

    def _within_window(self, text: str, title: str, groups: list[list[Span]]) -> list[Span]:
        """The groups as spans, halved where the encoder would not read them whole."""
        spans = [Span(group[0].start, group[-1].end) for group in groups]
        counts = self._encoder.count([embedded(title, span.of(text)) for span in spans])
        found = []
        for group, span, count in zip(groups, spans, counts, strict=True):
            if count <= self._encoder.window or len(group) == 1:
                found.append(span)
            else:
                middle = len(group) // 2
                found += self._within_window(text, title, [group[:middle], group[middle:]])
        return found


def _outermost(spans: Sequence[Span]) -> list[Span]:
    """Drop duplicate spans and spans inside other spans; return the rest in order.

    Two overlapping passages that are both cut to fit the window may contain the same piece.
    """
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda one: (one.start, -one.end)):
        if not kept or not kept[-1].holds(span):
            kept.append(span)
    return kept


def _halves(text: str, span: Span) -> list[Span]:
    """A span cut in two, between words if it has any."""
    middle = (span.start + span.end) // 2
    gap = _GAP.search(text, middle, span.end)
    if gap is None:
        for earlier in _GAP.finditer(text, span.start, middle):
            gap = earlier
    left_end, right_start = gap.span() if gap else (middle, middle)
    left_end = span.start + len(text[span.start : left_end].rstrip())
    halves = (Span(span.start, left_end), Span(right_start, span.end))
    return [half for half in halves if half.start < half.end]


def _runs(found: Sequence[tuple[Span, Part]]) -> Iterator[tuple[list[Span], Part]]:
    """Neighbouring sentences that belong in one passage: masthead and body, or one footer."""
    run: list[Span] = []
    of = Part.BODY
    for sentence, part in found:
        kind = Part.BODY if part is Part.MASTHEAD else part
        if run and kind is not of:
            yield run, of
            run = []
        run.append(sentence)
        of = kind
    if run:
        yield run, of
