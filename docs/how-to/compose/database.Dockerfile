# PostgreSQL 18 with pgvector, and pg_textsearch built from its source.
FROM pgvector/pgvector:pg18
ARG PG_TEXTSEARCH=main
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates git postgresql-server-dev-18 \
    && git clone --depth 1 --branch "$PG_TEXTSEARCH" https://github.com/timescale/pg_textsearch /tmp/pg_textsearch \
    && make -C /tmp/pg_textsearch with_llvm=no install \
    && rm -rf /tmp/pg_textsearch /var/lib/apt/lists/*
