"""Reads of learning, by subject."""
