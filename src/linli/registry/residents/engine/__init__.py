"""Pure: names as search keys. No Django."""
