"""Pure rules of letters: from kept content to a document's data."""
