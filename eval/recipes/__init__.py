"""How each file that ships with Quoth was made from data, one command each."""
