"""The real ends of messages, each behind the same port."""
