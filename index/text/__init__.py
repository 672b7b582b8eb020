"""Text: paragraphs, sentences, tokens, passages, and what is safe to print."""
