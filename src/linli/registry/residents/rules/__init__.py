"""Pure rules of the registry. No Django."""
