"""A written answer: sentences of a model of the user's, each checked against quotations."""
