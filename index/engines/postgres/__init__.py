"""An index on a PostgreSQL server, with pgvector and pg_textsearch."""
