"""Floor of data: area columns and scope, envelopes and blind indexes, triggers, locks."""
