"""Floor of the trail: acts, the audit chain with its seals, jobs as rows."""
