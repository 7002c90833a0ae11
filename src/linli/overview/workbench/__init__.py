"""Screens that join rooms: my work, the audit trail, what waits in the finance office."""
