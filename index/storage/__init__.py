"""What is kept on disk, and the commit protocol."""
