"""Finding the sentences of all documents that are near a phrase in meaning."""

from typing import TYPE_CHECKING

from index.text.matching import matching_text
from qa.archive.mentions import Mentions, NamedIn, counted_once
from qa.archive.phrase import Phrase
from qa.archive.searched import searched_in
from qa.language.sentence_span import body_sentences
from qa.retrieval.searchable import Searchable, documents_of

if TYPE_CHECKING:
    from index import Span

NEAR_PASSAGE, NEAR_SENTENCE = 0.2, 0.35
"""The least cosine of a passage that is looked at, and of a sentence that is kept."""
MOST_PASSAGES = 300


def mentions_by_meaning(index: Searchable, phrase: str) -> Mentions:
    """The sentences that are near a phrase in meaning, in all documents.

    This is a search and no count: other words for the same thing are found, sentences about
    something near it too, and a sentence that is not found may still speak of it.
    The nearest 300 passages with a cosine of at least .2 are looked at, and their sentences with
    a cosine of at least .35 are kept. Copies of one story count once.

    Args:
        index: what to search, with its filter: `index.restricted_to(where)`.
        phrase: a name or phrase, or a few words that say what is meant.

    Returns:
        The documents, that with the nearest sentence first, each with its nearest sentence first.

    Raises:
        QuothError: for a phrase without a word or of over 200 characters.

    Example:
        >>> found = mentions_by_meaning(Index.open(".quoth"), "peace talks")
        >>> found.by_meaning, found.count > 0
        (True, True)
    """
    words = Phrase.parse(phrase).words
    searched = searched_in(index)
    query = index.encoder.encode([words])
    (hits,) = index.search_vectors(query, MOST_PASSAGES)
    near = index.passages([hit.id for hit in hits if hit.score >= NEAR_PASSAGE])
    keys = list(dict.fromkeys(one.document for one in near))
    documents = dict(documents_of(index, keys))
    places: dict[tuple[str, Span], str] = {}
    for one in near:
        document = documents[one.document]
        for sentence in body_sentences(document):
            if one.span.start <= sentence.start and sentence.end <= one.span.end:
                read = matching_text(sentence.of(document.text)).text
                places[one.document, sentence] = read
    kept: dict[str, list[tuple[float, Span]]] = {}
    if places:
        cosines = (index.encoder.encode(list(places.values())) @ query[0]).tolist()
        for (key, sentence), cosine in zip(places, cosines, strict=True):
            if cosine >= NEAR_SENTENCE:
                kept.setdefault(key, []).append((-cosine, sentence))
    named = [
        (key, NamedIn(documents[key], tuple(s for _, s in sorted(told)), 0, documents[key].copies))
        for key, told in kept.items()
    ]
    nearest = {documents[key].name: min(told) for key, told in kept.items()}
    found = counted_once(index, named)
    return Mentions(
        phrase=words,
        found=tuple(sorted(found, key=lambda one: nearest[one.document.name])),
        searched=searched.count,
        first=searched.first,
        last=searched.last,
        undated=searched.undated,
        unread=searched.unread,
        by_meaning=True,
    )
