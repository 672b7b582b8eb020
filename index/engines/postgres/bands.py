"""Finding texts that are similar to a new one among those of an index on a server."""

from collections.abc import Iterable

import numpy as np

from index.duplicates.minhash import Bands
from index.engines.postgres.tables import PostgresTables


class BandsOnServer:
    """The bands of the texts on the server, and of those of the commit that is being made."""

    def __init__(self, tables: PostgresTables) -> None:
        """Look for texts in `tables`."""
        self._tables = tables
        self._gone: set[str] = set()
        self._coming: dict[int, set[str]] = {}

    def near(self, bands: Bands) -> set[str]:
        """The keys of the texts that have one of these bands, shape (bands,)."""
        wanted = bands.view(np.int64).tolist()
        rows = self._tables.rows("SELECT key FROM signatures WHERE bands && ?::bigint[]", [wanted])
        found = {key for (key,) in rows}.union(*(self._coming.get(one, ()) for one in wanted))
        return found - self._gone

    def know(self, key: str, bands: Bands) -> None:
        """Find the text with this key from now on."""
        self._gone.discard(key)
        for band in bands.view(np.int64).tolist():
            self._coming.setdefault(band, set()).add(key)

    def forget(self, keys: Iterable[str]) -> None:
        """Do not find the texts with these keys any more."""
        self._gone.update(keys)
