"""Adding: from files to commits."""
