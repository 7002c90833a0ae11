"""The face of accounts: log-in, log-out, preferences."""
