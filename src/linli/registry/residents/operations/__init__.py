"""Acts of the registry. Import them from here."""

from linli.registry.residents.operations.amending import correct_departure, correct_household_move, return_resident
from linli.registry.residents.operations.columns import household_template
from linli.registry.residents.operations.common import Amendment, register_follower
from linli.registry.residents.operations.correcting import Unmasked, correct_resident, unmask
from linli.registry.residents.operations.facts import (
    NewFact,
    NewIdentification,
    identify,
    note_circumstances,
    record_circumstances,
)
from linli.registry.residents.operations.importing import ImportResult, import_households
from linli.registry.residents.operations.links import doubt_link, end_link, keep_link, link_account
from linli.registry.residents.operations.moving import leave, move_household, move_resident, record_death
from linli.registry.residents.operations.printing import state_print_sign
from linli.registry.residents.operations.reading import HouseholdTable, ImportRefused, read_households
from linli.registry.residents.operations.refusals import RegistrationRefused
from linli.registry.residents.operations.registering import add_member, register_households
from linli.registry.residents.operations.relating import state_relations
from linli.registry.residents.operations.rows import NewHousehold, NewMember
from linli.registry.residents.operations.seeking import NumbersSpent, seek
from linli.registry.residents.operations.ties import add_guardian, add_kinship, end_guardian
