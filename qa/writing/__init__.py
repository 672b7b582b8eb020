"""Answers written by the user's language model; each sentence is checked against quotations."""
