"""Plain Python that every room may use: errors, money, time, identity. No Django here."""
