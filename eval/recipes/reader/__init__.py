"""How the reader is made from question sets: `python -m eval.recipes.reader`."""
