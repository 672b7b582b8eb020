"""The reader: a model that reads a passage beside a question and points at the answer."""
