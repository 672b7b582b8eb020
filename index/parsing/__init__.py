"""Files to documents: walking, detecting, parsing in worker processes."""
