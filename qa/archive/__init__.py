"""What the archive says around an answer: every mention of a name."""
