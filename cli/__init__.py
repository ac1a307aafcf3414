"""The watch room in a terminal."""
