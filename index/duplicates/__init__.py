"""Copies of one story and versions of one article."""
