"""The read side: what the logbooks said, kept where it can be listed and searched."""
