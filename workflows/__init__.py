"""Waiting, durably."""
