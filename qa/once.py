"""What several copies of a story say is said once."""

from collections.abc import Sequence

from index import Document, Where
from index.copies import share, shingles_of
from qa.retrieval import Retrieved, Searchable

_SAME = 0.6
_LOOKED_AT = 60


def once(
    index: Searchable, found: Sequence[Retrieved], where: Where | None = None
) -> list[Retrieved]:
    """The passages without those that a better one's document, a copy of their own, has too.

    What a copy says beyond it stays. Only the best passages are looked at: the rest is not read.
    """
    stories = index.stories()
    told: dict[str, list[Document]] = {}
    kept: list[Retrieved] = []
    for one in found[:_LOOKED_AT]:
        key = one.passage.document
        if not stories.copies(key):
            kept.append(one)
            continue
        document = index.document(key, where)
        earlier = told.setdefault(stories.story(key), [])
        mine = shingles_of(one.passage.span.of(document.text))
        others = [other for other in earlier if other.content_hash != document.content_hash]
        if any(share(mine, shingles_of(other.text)) >= _SAME for other in others):
            continue
        if document not in earlier:
            earlier.append(document)
        kept.append(one)
    return [*kept, *found[_LOOKED_AT:]]
