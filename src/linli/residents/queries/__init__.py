"""Reads of the registry. Import them from here."""

from linli.residents.queries.cards import (
    HouseholdDetail,
    HouseholdFilter,
    HouseholdPage,
    HouseholdRow,
    MemberView,
    ResidentDetail,
    ResidentView,
)
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
from linli.residents.queries.history import Event, timeline
from linli.residents.queries.own import HouseholdPlace, household_places, own_household_ids, residents_exist
from linli.residents.queries.places import Place, local_places, places
from linli.residents.queries.registry import (
    head_names,
    household_detail,
    households,
    resident_by_id,
    resident_detail,
    visible_household,
    visible_households,
)
from linli.residents.queries.search import Hit, search

__all__ = [
    "Departure",
    "Event",
    "FactValue",
    "Hit",
    "HouseholdDetail",
    "HouseholdFacts",
    "HouseholdFilter",
    "HouseholdPage",
    "HouseholdPlace",
    "HouseholdRow",
    "Member",
    "MemberFacts",
    "MemberView",
    "Place",
    "ResidentDetail",
    "ResidentView",
    "departures",
    "facts_of",
    "head_names",
    "household_detail",
    "household_places",
    "households",
    "kin_of",
    "local_places",
    "members_on",
    "numbers_of_households",
    "numbers_of_residents",
    "own_household_ids",
    "places",
    "resident_by_id",
    "resident_detail",
    "resident_of",
    "residents_exist",
    "search",
    "timeline",
    "visible_household",
    "visible_households",
]
