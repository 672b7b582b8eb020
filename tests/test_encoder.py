"""The compiled encoder: the original's vectors, without the original's packages."""

import logging
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from index import Encoder, QuothError, load_encoder
from index.embedding.load import ORIGINAL
from index.embedding.model_files import model_folder
from index.embedding.openvino_encoder import CompiledEncoder
from index.embedding.torch_encoder import SentenceTransformersEncoder
from index.embedding.word_counts import WordCounts

TEXTS = [
    "",
    " ",
    "a",
    "who brokered the September 13 ceasefire?",
    "  spaces around,\n\ttabs and lines \n",
    "naïve café “quoted” — 7,000–10,000 Turkish liras",
    "обстрел 戦争 حرب 😀",
    "\x00\ufeff\u202e",
    "one very long text " * 400,
    *(f"Number {n} of the passages, which says a little more each time. " * n for n in range(20)),
]


@pytest.fixture(scope="module")
def original() -> SentenceTransformersEncoder:
    found = load_encoder(engine=ORIGINAL)
    assert isinstance(found, SentenceTransformersEncoder)
    return found


def test_its_vectors_are_the_originals(
    encoder: Encoder, original: SentenceTransformersEncoder
) -> None:
    assert isinstance(encoder, CompiledEncoder)
    expected = original.model.encode(TEXTS, normalize_embeddings=True)
    found = encoder.encode(TEXTS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert (expected * found).sum(axis=1).min() > 0.9999


def test_it_counts_and_cuts_as_the_original_does(
    encoder: Encoder, original: SentenceTransformersEncoder
) -> None:
    assert encoder.count(TEXTS) == original.count(TEXTS)
    assert (encoder.window, encoder.dimension) == (original.window, original.dimension)


def test_a_vector_does_not_depend_on_what_is_encoded_beside_it(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert (alone * encoder.encode(TEXTS)).sum(axis=1).min() > 0.9999


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_no_thread_is_bound_to_one_core(encoder: Encoder) -> None:
    """Several processes with a model each must not all compute on the first core."""
    allowed = os.sched_getaffinity(0)
    seen = set()
    with ThreadPoolExecutor(1) as pool:
        encoding = pool.submit(encoder.encode, TEXTS * 2)
        while not encoding.done():
            for task in Path("/proc/self/task").iterdir():
                with suppress(ProcessLookupError):
                    seen.add(frozenset(os.sched_getaffinity(int(task.name))))
    assert seen == {frozenset(allowed)}


SLOW = {"torch", "transformers", "sentence_transformers", "gradio"}
ADD = "index = Index.create({folder!r}, load_encoder()); index.add(['seeds'])"
ASK = "assert Assistant(Index.open({folder!r})).ask('who brokered the ceasefire?').answer"


def test_asking_and_adding_import_no_torch(tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.fingerprint  # it is compiled by now
    for work, slow in ((ADD, SLOW), (ASK, {*SLOW, "scipy", "datasketch", "lxml"})):
        script = (
            "import sys\nfrom index import Index, load_encoder\nfrom qa import Assistant\n"
            f"{work.format(folder=str(tmp_path / 'index'))}\n"
            f"found = {slow!r} & {{name.partition('.')[0] for name in sys.modules}}\n"
            "assert not found, found\n"
            "assert sys.modules.get('openvino_telemetry') is None\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_a_model_that_is_not_compiled_runs_as_it_is_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "prompting"
    model = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
    model.prompts, model.default_prompt_name = {"query": "query: "}, "query"
    model.save(str(folder))
    with caplog.at_level(logging.WARNING):
        found = load_encoder(str(folder))
    assert isinstance(found, SentenceTransformersEncoder)
    assert "runs more slowly: QuothError: it puts a prompt before each text" in caplog.text
    expected = model.encode(["a question"], normalize_embeddings=True)
    assert float((found.encode(["a question"]) * expected).sum()) > 0.999


def test_a_cache_that_cannot_be_written_to_is_said_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("QUOTH_CACHE", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING):
        found = load_encoder()
    assert isinstance(found, SentenceTransformersEncoder)
    assert "cannot be compiled" in caplog.text


def test_a_damaged_model_in_the_cache_is_made_again(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(encoder, CompiledEncoder)
    monkeypatch.setenv("QUOTH_CACHE", str(tmp_path))
    kept = tmp_path / "models" / encoder.kept.name
    shutil.copytree(encoder.kept, kept)
    for file in kept.glob("*.blob"):
        file.unlink()
    weights = kept / "model.bin"
    os.truncate(weights, weights.stat().st_size // 2)
    again = load_encoder()
    assert isinstance(again, CompiledEncoder)
    assert float((again.encode(["a"]) * encoder.encode(["a"])).sum()) > 0.9999


def test_there_is_no_third_engine() -> None:
    with pytest.raises(QuothError, match="no encoder 'none'; choose one of compiled, sentence-tr"):
        load_encoder(engine="none")


@given(st.lists(st.text(max_size=60), max_size=4))
def test_tokens_counted_by_words_are_those_of_the_tokenizer(texts: list[str]) -> None:
    tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    assert WordCounts.fits(tokenizer)
    texts += [
        " ".join(texts),
        "\n".join(texts),
        "".join(texts),
        f"a [MASK] {texts}\x1c\x85b\u200bc",
    ]
    expected = [len(one.ids) for one in tokenizer.encode_batch_fast(texts)]
    counts = WordCounts(tokenizer)
    assert counts.count(texts) == expected
    assert counts.count(texts) == expected  # remembered
