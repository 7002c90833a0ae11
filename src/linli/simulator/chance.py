"""One chance in so many, drawn from a generator."""

from random import Random


def happens(draw: Random, chance: float) -> bool:
    """Whether what happens with this chance (0 never, 1 always) happens now; takes one number of the generator."""
    return draw.random() < chance
