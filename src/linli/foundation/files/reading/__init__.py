"""Readers of files from strangers: plain Python, run in a child process with limits and nowhere else (ADR 0013)."""
