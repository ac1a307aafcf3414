"""The real ends of messages, each behind the same port. In the process of a drill they do not exist (`wall`)."""
