"""Where an index is kept: in a folder, or on a PostgreSQL server."""
