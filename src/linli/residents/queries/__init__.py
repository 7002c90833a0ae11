"""Reads of the registry. Import them from here."""

from linli.residents.queries.facts import (
    Departure,
    FactValue,
    HouseholdFacts,
    Member,
    MemberFacts,
    departures,
    facts_of,
    kin_of,
    members_on,
    numbers_of_households,
    numbers_of_residents,
    resident_of,
)

__all__ = [
    "Departure",
    "FactValue",
    "HouseholdFacts",
    "Member",
    "MemberFacts",
    "departures",
    "facts_of",
    "kin_of",
    "members_on",
    "numbers_of_households",
    "numbers_of_residents",
    "resident_of",
]
