"""Searching one generation of an index by words (BM25) and by vectors."""
