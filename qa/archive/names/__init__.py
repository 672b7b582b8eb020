"""The people, organisations and places that the documents name."""
