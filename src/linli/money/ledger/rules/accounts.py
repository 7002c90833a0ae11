"""How accounts are named: from the business keys of fund, line and source, so that digests hold no database id."""


def account_code(fund: str, kind: str, *owners: str) -> str:
    """The fund "F-2026", "EXPENSE", "AID", "DONATION" → "F-2026:EXPENSE:AID:DONATION"."""
    return ":".join([fund, kind, *owners])
