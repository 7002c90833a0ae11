"""Reads of the registry. Import them from here."""

from linli.registry.residents.queries.bonds import kin_of
from linli.registry.residents.queries.cards import (
    GuardianView,
    HouseholdDetail,
    HouseholdLine,
    MemberView,
    ResidentDetail,
    ResidentView,
)
from linli.registry.residents.queries.changes import Change, changes_since
from linli.registry.residents.queries.departing import (
    Departed,
    Home,
    Joined,
    Left,
    corrigible,
    homes_of,
    last_departure,
    last_household,
    last_move,
    relation_on_return,
    who_joined,
    who_left,
)
from linli.registry.residents.queries.facts import (
    Departure,
    FactValue,
    HouseholdFacts,
    Member,
    MemberFacts,
    NewFact,
    Stay,
    birthdays_between,
    births_of,
    changed_by,
    departures,
    facts_of,
    facts_since,
    fates_of,
    ids_of_residents,
    members_on,
    name_of_number,
    named_residents,
    named_units,
    newest_fact,
    newest_recordings,
    resident_of,
    settled_fact,
    stays_in,
)
from linli.registry.residents.queries.history import Event, timeline
from linli.registry.residents.queries.links import (
    link,
    links,
    links_of,
    links_to_settle,
    residents_written_to,
    tie_ids,
)
from linli.registry.residents.queries.near import OwnFamily, Whose, WhoseAmong, own_family
from linli.registry.residents.queries.own import (
    Called,
    HouseholdPlace,
    UnitPeople,
    addressees_among,
    ends_in,
    everybody_in,
    household_places,
    last_homes,
    own_household_ids,
    people_of_units,
    resident_named,
    residents_exist,
    rows_behind,
    who_was_there,
)
from linli.registry.residents.queries.places import Place, local_places, places, places_named
from linli.registry.residents.queries.receiving import (
    bears_name_of,
    died_date,
    guards_otherwise_after,
    has_died,
    is_guardian,
    is_lived_in,
    is_member,
    joins_or_leaves_after,
)
from linli.registry.residents.queries.registry import (
    all_residents,
    head_names,
    household_detail,
    household_lines,
    households,
    inhabited,
    is_presumed,
    people,
    relations_presumed,
    resident_detail,
    view,
    visible_household,
)
from linli.registry.residents.queries.search import Hit, search, whole_number, with_number
