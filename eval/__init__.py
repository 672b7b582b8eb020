"""Measuring how well questions are answered. Knows nothing of screens."""
