"""Question to passages: fusion, collapsing of copies, citing."""
