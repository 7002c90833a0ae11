"""Pure rules of the case: transitions, clocks, papers, publication rows."""
