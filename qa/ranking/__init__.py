"""Ranking what was read, and the confidence of an answer."""
