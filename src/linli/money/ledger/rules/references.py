"""When two texts of a bank name the same booking."""

from linli.kernel.text import folded, plain_number


def comparable(reference: str) -> str:
    """A bank's reference as it is compared: whatever strokes, blanks, width, case and marks at its ends it was typed
    with. What consists of such marks alone is compared as a text.
    """
    return plain_number(reference) or folded(reference)
