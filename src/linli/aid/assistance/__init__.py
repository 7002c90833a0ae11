"""Applications for assistance: from the form to the decision and its review."""
