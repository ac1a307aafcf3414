"""Touching the outside, each touch safe to repeat."""
