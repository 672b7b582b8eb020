"""Counting tokens with tiktoken, by default in an encoding that ships with Quoth."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

import tiktoken

from index.errors import QuothError

DEFAULT = "quoth_32k"
SHA256 = "1d3198889434825490bb2ed0218b5783b84b757363d15a7ab60e65b199874992"

PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}{1,64}| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,32}|\s+(?!\S)|\s+"
"""How text is cut before merging. Runs are bounded, so that no text, however odd, is slow."""

_SLICE = 20_000  # characters handed to tiktoken at once; a 50 MB line stays flat in memory


class TokenCounter:
    """Counts and encodes text in one named tiktoken encoding."""

    def __init__(self, encoding: tiktoken.Encoding) -> None:
        """Count with `encoding`."""
        self._encoding = encoding
        self.name = encoding.name

    def count(self, text: str) -> int:
        """How many tokens `text` has; text that looks like a special token is plain text."""
        if len(text) <= _SLICE:
            return len(self._encoding.encode_ordinary(text))
        return sum(len(self._encoding.encode_ordinary(piece)) for piece in _slices(text))

    def encode(self, text: str) -> list[int]:
        """The token numbers of `text`; `decode` gives the text back."""
        return [token for piece in _slices(text) for token in self._encoding.encode_ordinary(piece)]

    def decode(self, tokens: list[int]) -> str:
        """The text of `tokens`."""
        return self._encoding.decode(tokens)


def _slices(text: str) -> list[str]:
    return [text[at : at + _SLICE] for at in range(0, len(text), _SLICE)]


@cache
def token_counter(name: str = DEFAULT) -> TokenCounter:
    """The counter for the encoding `name`: the shipped one, or any that tiktoken can get.

    Raises QuothError if tiktoken does not know the name or cannot fetch its file.

    >>> token_counter().count("Moscow brokered a ceasefire.")
    10
    """
    if name == DEFAULT:
        return TokenCounter(_shipped())
    if name not in tiktoken.list_encoding_names():
        known = ", ".join([DEFAULT, *tiktoken.list_encoding_names()])
        message = f"no token encoding is called {name!r}; choose one of {known}"
        raise QuothError(message)
    try:
        return TokenCounter(tiktoken.get_encoding(name))
    except (OSError, ValueError) as error:
        message = (
            f"the token encoding {name!r} has to be downloaded once and could not be "
            f"({type(error).__name__}); connect and try again, or use --tokens {DEFAULT}, "
            "which needs no download"
        )
        raise QuothError(message) from error


def _shipped() -> tiktoken.Encoding:
    content = files("index").joinpath("data", f"{DEFAULT}.tiktoken").read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        message = f"{DEFAULT}.tiktoken is not the file that shipped with Quoth; install Quoth again"
        raise QuothError(message)
    ranks = {
        base64.b64decode(token): int(rank)
        for token, rank in (line.split() for line in content.splitlines())
    }
    return tiktoken.Encoding(DEFAULT, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
