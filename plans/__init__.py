"""The plan as data: its shape, and what is read from it."""
