"""What may happen next, as charts: a move that is not an arrow cannot happen."""
