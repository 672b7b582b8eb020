"""Whether the compiled encoder finds what the original does: python benchmarks/agreement.py [SET…].

Each set is indexed and asked twice, by the compiled encoder and by sentence-transformers itself in
fp32, by fusion alone. Prints hit@1 of both; the exit status is 1 when one differs by more than
.002. The original takes about a second for thirty passages.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from eval import Options, corpus, load, run
from index import load_encoder
from index.embedding.load import COMPILED

SETS = ("squad2", "newsqa", "time", "realtimeqa")
MOST = 0.002


def main() -> None:
    """Run and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="SET")
    asked = parser.parse_args()
    far = 0
    with tempfile.TemporaryDirectory() as place:
        for name in asked.sets:
            figures = []
            for engine in (COMPILED, "sentence-transformers"):
                corpus.encoder_called = lambda model, engine=engine: load_encoder(model, engine)
                here = Path(place) / engine
                result = run(
                    load(name), here / name, options=Options(answers=False), cache=here / "cache"
                )
                figures.append(result.measures["hit@1"].value)
            compiled, original = figures
            apart = abs(compiled - original)
            far += apart > MOST
            print(f"{name:12} compiled {compiled:.4f}  original {original:.4f}  apart {apart:.4f}",
                  flush=True)  # fmt: skip
    sys.exit(1 if far else 0)


if __name__ == "__main__":
    main()
