"""The `quoth` command."""
