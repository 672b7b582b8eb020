"""Train the token encoding that ships with Quoth: a byte-level BPE in tiktoken's file format.

    python -m eval.recipes.tokens ../shared/data index/tokens/quoth_32k.tiktoken

The text is that of squad2 and squadshifts, contexts and questions. Each context is read once
more in capitals: without that, an article in capitals counts three times its tokens and its
passages come out a third as long.
The same input gives the same file, byte for byte.
"""

import argparse
import base64
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from index.text.tokens import PATTERN

SOURCES = (
    "squad2/dev.json.xz",
    "squadshifts/new_wiki.json.xz",
    "squadshifts/reddit.json.xz",
    "squadshifts/amazon_reviews.json.xz",
)
VOCABULARY = 32_000


def texts(data: Path) -> Iterator[str]:
    """Every context and question of the training sets, in file order."""
    for source in SOURCES:
        with lzma.open(data / source, "rt", encoding="utf-8") as file:
            articles = json.load(file)["data"]
        for article in articles:
            for paragraph in article["paragraphs"]:
                yield paragraph["context"]
                yield paragraph["context"].upper()
                yield from (qa["question"] for qa in paragraph["qas"])


def train(data: Path) -> list[bytes]:
    """The tokens in rank order: the 256 bytes, then each merge as it was learned."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts(data), trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    to_byte = {symbol: byte for byte, symbol in _byte_symbols().items()}
    tokens = [bytes([byte]) for byte in range(256)]
    seen = set(tokens)
    for left, right in merges:
        token = bytes(to_byte[symbol] for symbol in left + right)
        if token not in seen:
            seen.add(token)
            tokens.append(token)
    return tokens


def _byte_symbols() -> dict[int, str]:
    """Byte -> the printable character that byte-level BPE writes for it (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(256 + place) for place, byte in enumerate(rest)
    }


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", type=Path, help="the folder with squad2/ and squadshifts/")
    parser.add_argument("out", type=Path, help="the .tiktoken file to write")
    arguments = parser.parse_args()
    lines = (
        f"{base64.b64encode(token).decode()} {rank}\n"
        for rank, token in enumerate(train(arguments.data))
    )
    arguments.out.write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
