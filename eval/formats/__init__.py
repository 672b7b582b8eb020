"""Loaders for the file formats of question sets; each returns a `DataSet`."""
