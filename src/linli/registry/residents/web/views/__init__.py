"""Views of the registry: thin, one query or one act each."""
