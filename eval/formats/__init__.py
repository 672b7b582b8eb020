"""Readers of the forms that question sets come in; each gives a `DataSet`."""
