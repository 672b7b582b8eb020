"""Text to vectors: encoders and their model files."""
