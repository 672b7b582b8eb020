"""Files of an object storage, such as s3://, listed and fetched by fsspec."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.parsing.skip_reasons import MAX_BYTES, Reason, SkipFileError

_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}
_SUFFIX = 20
_VERSIONS = ("ETag", "etag", "LastModified", "last_modified", "mtime", "updated")
"""What a storage tells of a file that changes with its content, the best first."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of an object storage.

    Attributes:
        url: its address.
        size: its length in bytes.
        version: what changes with its content, "" until the storage was asked.

    """

    url: str
    size: int = 0
    version: str = ""

    @property
    def name(self) -> str:
        """The last part of its address."""
        return self.url.rpartition("/")[2]

    @property
    def file_hash(self) -> str:
        """Stands for its content, which is not fetched to see whether it has changed."""
        return hashlib.sha256(f"{self.version} {self.size}".encode()).hexdigest()


def is_remote(path: str) -> bool:
    """Whether a path is an address of an object storage that is read.

    Example:
        >>> is_remote("s3://news/2026"), is_remote("https://example.org/a.html")
        (True, False)
    """
    scheme, divider, _ = path.partition("://")
    return bool(divider) and scheme in _PACKAGES


def remote_files(url: str) -> list[RemoteFile]:
    """The files at and under an address, in the order of their addresses.

    Raises SkipFileError if there is none, or the storage cannot be read.
    """
    scheme = url.partition("://")[0]
    with _plain_errors(url):
        storage = _storage(url)
        found = storage.find(url.rstrip("/"), detail=True)
    files = [
        _described(f"{scheme}://{path}", about)
        for path, about in sorted(found.items())
        if not path.endswith("/")  # what a storage's own page makes for an empty folder
    ]
    if not files:
        raise SkipFileError(Reason.MISSING)
    return files


def looked_up(file: RemoteFile) -> RemoteFile:
    """The file with its size and version. Raises SkipFileError if it cannot be read."""
    if file.version:
        return file
    with _plain_errors(file.url):
        return _described(file.url, _storage(file.url).info(file.url))


@contextmanager
def fetched(file: RemoteFile) -> Iterator[Path]:
    """A copy of the file on this machine, until the end of the `with`.

    Raises SkipFileError if it cannot be fetched.
    """
    if file.size > MAX_BYTES:
        raise SkipFileError(Reason.TOO_LARGE, f"{file.size // 1_000_000} MB")
    with tempfile.TemporaryDirectory(prefix="quoth-") as folder:
        path = Path(folder) / f"file{Path(file.name).suffix[:_SUFFIX]}"
        with _plain_errors(file.url):
            _storage(file.url).get_file(file.url, str(path))
        yield path


def _described(url: str, about: Mapping[str, Any]) -> RemoteFile:
    version = next((str(about[one]) for one in _VERSIONS if about.get(one)), "unknown")
    return RemoteFile(url, int(about.get("size") or 0), version)


def _storage(url: str) -> Any:  # noqa: ANN401 -- fsspec's storages have no types
    """The storage of an address, with the settings of its own environment variables."""
    import fsspec  # noqa: PLC0415 -- an extra

    return fsspec.filesystem(url.partition("://")[0], use_listings_cache=False)


@contextmanager
def _plain_errors(url: str) -> Iterator[None]:
    """Turn an error of a storage into the reason why its file is skipped."""
    scheme = url.partition("://")[0]
    try:
        yield
    except FileNotFoundError as error:
        raise SkipFileError(Reason.MISSING) from error
    except ImportError as error:
        told = f"{scheme}:// needs a package: pip install {_PACKAGES[scheme]}"
        raise SkipFileError(Reason.UNREACHABLE, told) from error
    except Exception as error:
        raise SkipFileError(Reason.UNREACHABLE, str(error) or type(error).__name__) from error
