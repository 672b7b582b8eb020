"""What an index holds of the files that an add reads, looked up as they come."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from index.parsing.loader import File
from index.storage.schema import KnownFile, Listed
from index.storage.tables import Tables

_AT_ONCE = 50


class KnownDocuments:
    """The files and documents of an index as they are once what was taken is committed."""

    def __init__(self, store: Tables) -> None:
        """Look them up in `store`."""
        self._store = store
        self._files: dict[str, KnownFile] = {}
        self._by_hash: dict[str, list[KnownFile]] = {}
        self._of_file: dict[str, list[Listed]] = {}
        self._by_source: dict[str, Listed] = {}
        self._by_name: dict[str, Listed | None] = {}

    def looked_up(self, files: Iterable[File]) -> Iterator[File]:
        """The same files, once all that is known of each is looked up, some dozens at once."""
        coming = iter(files)
        while block := list(islice(coming, _AT_ONCE)):
            self._look_up(block)
            yield from block

    def _look_up(self, block: Sequence[File]) -> None:
        known = self._store.files([one.real for one in block])
        self._files |= {one.file: one for one in known}
        new = {one.file_hash for one in block if one.real not in self._files}
        alike = self._store.files_hashed(new - self._by_hash.keys())
        for one in alike:
            self._by_hash.setdefault(one.file_hash, []).append(one)
        wanted = {one.real for one in block} | {one.file for one in alike}
        for listed in self._store.listed_in(wanted - self._of_file.keys()):
            self._of_file.setdefault(listed.file, []).append(listed)
            self._by_source[listed.source] = listed

    def file(self, real: str) -> KnownFile | None:
        """What is known of the file at this path, if it was read before."""
        return self._files.get(real)

    def hashed(self, file_hash: str) -> list[KnownFile]:
        """The files with these bytes; the list is changed by `moved`."""
        return self._by_hash.setdefault(file_hash, [])

    def of_file(self, real: str) -> list[Listed]:
        """The documents that the file at this path held when it was last read."""
        return self._of_file.get(real, [])

    def by_source(self, source: str) -> Listed | None:
        """The document that comes from this place."""
        return self._by_source.get(source)

    def by_name(self, name: str) -> Listed | None:
        """The document with this name."""
        if name not in self._by_name:
            found = self._store.listed_as([name], [])
            self._by_name[name] = found[0] if found else None
        return self._by_name[name]

    def take(self, listed: Listed) -> None:
        """A document that will be committed under its source and name."""
        self._by_source[listed.source] = self._by_name[listed.name] = listed

    def moved(self, before: KnownFile, after: KnownFile) -> None:
        """A file has another path now."""
        alike = self.hashed(before.file_hash)
        alike.remove(before)
        alike.append(after)
