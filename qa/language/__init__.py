"""What words say by themselves: a question, a sentence and its bounds, who is quoted."""
