"""Measurements. `make bench` prints each figure with machine, seed and load; no test depends on a clock."""
