"""An index on a PostgreSQL server: the same answers as in a folder, and nothing is lost."""

from pathlib import Path

from postgres import PostgresServer

from index import Index
from index.copying import copy_index
from index.verify import verify

ROOT = Path(__file__).parent.parent


def test_an_index_is_copied_to_a_server_and_back(
    seeds: Index, server: PostgresServer, tmp_path: Path
) -> None:
    place = server.new_place()
    there = copy_index(seeds, place)
    with Index.open(place) as on_server:
        back = copy_index(on_server, tmp_path / "back")
        assert verify(on_server).faults == ()
    with Index.open(tmp_path / "back") as returned:
        assert returned.documents() == seeds.documents()
        assert verify(returned).faults == ()
    assert there == back
    assert there.vectors == there.passages == seeds.status().passages
