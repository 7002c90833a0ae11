"""Views of the case, one module per page family."""
