"""The address of an index on a PostgreSQL server."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import platformdirs

from index.errors import QuothError

_SCHEMES = ("postgresql://", "postgres://")
_SCHEMA = "quoth"
_SECRET = frozenset(["password", "sslpassword"])


@dataclass(frozen=True)
class ServerAddress:
    """The address of an index on a server, as libpq writes one, without its password in messages.

    `?schema=NAME` names the schema that holds the index, where a database holds several.

    Example:
        >>> print(ServerAddress("postgresql://ann:secret@db.example/news?schema=archive"))
        postgresql://ann@db.example/news?schema=archive
    """

    url: str = field(repr=False)

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether text is written as an address of a server and not as a folder."""
        return text.startswith(_SCHEMES)

    def __str__(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        user, at, hosts = parts.netloc.rpartition("@")
        shown = f"{user.partition(':')[0]}{at}{hosts}"
        asked = [(key, value) for key, value in self._query() if key not in _SECRET]
        return urlunsplit((parts.scheme, shown, parts.path, urlencode(asked, safe="/"), ""))

    @property
    def schema(self) -> str:
        """The schema of the database that holds the index.

        Raises QuothError if its name is longer than a name in PostgreSQL can be, or empty.
        """
        stated = dict(self._query()).get("schema", _SCHEMA)
        if not 0 < len(stated.encode()) <= 63 or "\0" in stated:  # noqa: PLR2004
            raise QuothError(f"{self}: a schema's name has 1 to 63 bytes; change ?schema=")
        return stated

    @property
    def libpq(self) -> str:
        """The address as libpq reads it: without the name of the schema."""
        parts = urlsplit(self.url)
        asked = [(key, value) for key, value in self._query() if key != "schema"]
        query = urlencode(asked, safe="/")
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    @property
    def id(self) -> str:
        """A short name of the index, of letters and digits, the same for every password."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:24]

    @property
    def folder(self) -> Path:
        """A folder of this user's for the files that stand beside the index, made if need be."""
        folder = Path(platformdirs.user_data_dir("quoth")) / "servers" / self.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)
