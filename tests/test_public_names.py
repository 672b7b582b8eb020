"""The public names: each is described, with an example that runs."""

import doctest
import importlib
import inspect
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

import quoth
import quoth.evaluation
from index import Encoder, Index

NAMES = [(quoth, name) for name in quoth.__all__]


@pytest.fixture(scope="module")
def workplace(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the seeds and an index of them, as after `quoth add seeds`."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "seeds").mkdir()
    for seed in (ROOT / "seeds").glob("*.txt"):
        (folder / "seeds" / seed.name).write_bytes(seed.read_bytes())
    before = Path.cwd()
    os.chdir(folder)
    try:
        Index.create(".quoth", encoder).add("seeds")
        yield folder
    finally:
        os.chdir(before)


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[name for _, name in NAMES])
def test_a_public_name_is_described_with_an_example_that_runs(
    module: types.ModuleType, name: str, workplace: Path
) -> None:
    thing = getattr(module, name)
    described = inspect.getdoc(thing) or ""
    assert ">>>" in described, name
    told = {**{one: getattr(quoth, one) for one in quoth.__all__}, "Path": Path}
    told |= {one: importlib.import_module(one) for one in ("json",)}
    told["dt"] = importlib.import_module("datetime")
    test = doctest.DocTestParser().get_doctest(described, told, name, None, 0)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.DocTestRunner(optionflags=flags).run(test).failed == 0, workplace


def test_what_quoth_exports_is_what_its_packages_export() -> None:
    for name in quoth.__all__:
        packages = [importlib.import_module(one) for one in ("qa", "index")]
        package = next(one for one in packages if name in one.__all__)
        assert getattr(quoth, name) is getattr(package, name)
    assert set(dir(quoth)) == set(quoth.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = quoth.no_such_name


def test_importing_quoth_loads_no_model_nor_its_libraries() -> None:
    heavy = {"torch", "faiss", "tantivy", "gradio", "openvino"}
    program = f"import sys; from quoth import QuothError; print({heavy} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT
    )
    assert done.stdout.decode().strip() == "set()"


def test_the_sets_for_measuring_load_by_name() -> None:
    assert len(quoth.evaluation.load("saltmarsh").questions) == 40
