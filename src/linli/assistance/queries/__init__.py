"""Reads of the case; each takes the reader's scope."""
