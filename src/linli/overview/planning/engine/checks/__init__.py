"""The checks, one small function each, grouped by what they count."""
