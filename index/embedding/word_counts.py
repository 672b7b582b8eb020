"""Counting a model's tokens by words: ten times faster where words are tokenized one by one."""

import json
from collections.abc import Sequence

from tokenizers import Tokenizer

_MOST_KNOWN, _LONGEST_KNOWN = 300_000, 64
"""How many words are remembered, and of how many characters."""
_SPACES = str.maketrans("\t\n\r", "   ")


class WordCounts:
    """Counts tokens as a tokenizer does, and remembers how many each word has.

    A tokenizer of BERT's kind first cuts text at white space, so a text has as many tokens as its
    words have. Each word is tokenized once.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Count as `tokenizer` does; it must be of BERT's kind."""
        self._tokenizer = tokenizer
        self._around = tokenizer.num_special_tokens_to_add(is_pair=False)
        self._known: dict[str, int] = {"": 0}

    @staticmethod
    def fits(tokenizer: Tokenizer) -> bool:
        """Whether a tokenizer cuts text at white space and reads each word by itself."""
        kept = json.loads(tokenizer.to_str())
        kinds = [(kept.get(part) or {}).get("type") for part in ("normalizer", "pre_tokenizer")]
        return kinds == ["BertNormalizer", "BertPreTokenizer"]

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special ones included."""
        # Other white space is left to the tokenizer, which drops some of it.
        words = [text.translate(_SPACES).split(" ") for text in texts]
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
            known[""] = 0
        new = list({word for of in words for word in of if word not in known})
        if new:
            read = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
            known.update(zip(new, (len(one.ids) for one in read), strict=True))
        counts = [self._around + sum(map(known.__getitem__, of)) for of in words]
        for word in new:
            if len(word) > _LONGEST_KNOWN:
                del known[word]
        return counts
