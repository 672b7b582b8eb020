"""Every setting of indexing and asking in one flat table, as a file or as key=value."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

from index import DEFAULT_MODEL, ChunkSettings, QuothError
from qa.reader.base import NONE, SHIPPED
from qa.retrieval.fusion import Fusion

_INDEXING = ("size", "overlap", "tokens", "title")
INDEXING = ("model", *_INDEXING)
"""The settings that an index is made with."""
_FUSION = ("candidates", "text", "agreement")


@dataclass(frozen=True, slots=True)
class Settings:
    """How documents are cut and embedded, and how questions are answered.

    Attributes:
        model: the encoder's name or folder.
        chunks: how documents are cut.
        fusion: how words and meaning are fused.
        reader: "quoth", the one that ships; "none"; or a question-answering model, by name or
            folder.
        reranker: "none", or a CrossEncoder, by name or folder.
        weighting: the file that `quoth eval calibrate` wrote for them, or "none" for the one that
            ships, if it is for them. Paths are taken from the working directory.
        threshold: the least probability, 0 to 1, that the documents answer a question, at which
            it is answered; None is the fitted one.
        precision: the share of answers given that are to be right, 0 to 1: less likely ones are
            not given; None for any.

    Example:
        >>> Settings().having({"size": 180}).chunks.size
        180
    """

    model: str = DEFAULT_MODEL
    chunks: ChunkSettings = field(default_factory=ChunkSettings)
    fusion: Fusion = field(default_factory=Fusion)
    reader: str = SHIPPED
    reranker: str = NONE
    weighting: str = NONE
    threshold: float | None = None
    precision: float | None = None

    def flat(self) -> dict[str, object]:
        """The settings by name, in the order of the documentation."""
        return {
            "model": self.model,
            **asdict(self.chunks),
            **asdict(self.fusion),
            "reader": self.reader,
            "reranker": self.reranker,
            "weighting": self.weighting,
            "threshold": self.threshold,
            "precision": self.precision,
        }

    def having(self, changes: Mapping[str, object], told_by: str = "--set") -> Self:
        """These settings with some changed by name.

        Raises QuothError for a name that is no setting or a value of the wrong kind.
        """
        flat = self.flat()
        for name, value in changes.items():
            if name not in flat:
                raise QuothError(
                    f"{told_by}: {name!r} is not a setting; the settings are {', '.join(flat)}"
                )
            flat[name] = _checked(name, value, told_by)
        return replace(
            self,
            model=str(flat["model"]),
            chunks=ChunkSettings(**{k: flat[k] for k in _INDEXING}),  # type: ignore[arg-type]
            fusion=Fusion(**{k: flat[k] for k in _FUSION}),  # type: ignore[arg-type]
            reader=str(flat["reader"]),
            reranker=str(flat["reranker"]),
            weighting=str(flat["weighting"]),
            threshold=None if flat["threshold"] is None else float(str(flat["threshold"])),
            precision=None if flat["precision"] is None else float(str(flat["precision"])),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """The settings of a TOML file; settings that it does not name keep their defaults.

        Raises QuothError when the file is missing or has an unknown or invalid setting.
        """
        return cls().having(read_toml(path), str(path))

    @classmethod
    def changes_in(cls, path: Path) -> dict[str, object]:
        """What a TOML file sets, checked as by `read`."""
        cls.read(path)
        return read_toml(path)

    def as_toml(self) -> str:
        """The settings as `read` takes them."""
        lines = [
            f"{name} = {_toml(value)}" for name, value in self.flat().items() if value is not None
        ]
        return "\n".join(lines) + "\n"


def read_toml(path: Path) -> dict[str, object]:
    """What a TOML file says. Raises QuothError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise QuothError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuothError(f"{path} is not TOML: {error}; write lines like size = 240") from error


def from_pairs(pairs: Iterable[str]) -> dict[str, object]:
    """Changes written as key=value, each value read as TOML, or else as it stands."""
    changes: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise QuothError(f"--set {pair!r} has no value; write --set size=180")
        try:
            changes[name.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[name.strip()] = value
    return changes


_LEAST = {"size": 20, "overlap": 0, "candidates": 1, "agreement": 0}
_SHARES = ("text", "threshold", "precision")


def _checked(name: str, value: object, told_by: str) -> object:
    if name == "title":
        if isinstance(value, bool):
            return value
        raise QuothError(f"{told_by}: title is true or false, not {value!r}")
    if name in ("model", "tokens", "reader", "reranker", "weighting"):
        if isinstance(value, str) and value:
            return value
        raise QuothError(f"{told_by}: {name} is a name, not {value!r}")
    whole = name in ("size", "overlap", "candidates")
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        kind = "a whole number" if whole else "a number"
        raise QuothError(f"{told_by}: {name} is {kind}, not {value!r}")
    least, most = _LEAST.get(name, 0), 1 if name in _SHARES else None
    if value < least or (most is not None and value > most):
        bounds = f"from {least} to {most}" if most is not None else f"{least} or more"
        raise QuothError(f"{told_by}: {name} is {bounds}, not {value}")
    return value if whole else float(value)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
