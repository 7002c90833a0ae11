"""Acts of the registry. Import them from here."""

from linli.residents.operations.correcting import Unmasked, correct_resident, unmask
from linli.residents.operations.facts import (
    NewFact,
    NewIdentification,
    identify,
    note_circumstances,
    record_circumstances,
)
from linli.residents.operations.moving import leave, move_household, move_resident, record_death
from linli.residents.operations.registering import NewHousehold, NewMember, add_member, register_households
from linli.residents.operations.ties import add_guardian, add_kinship, end_guardian, link_account

__all__ = [
    "NewFact",
    "NewHousehold",
    "NewIdentification",
    "NewMember",
    "Unmasked",
    "add_guardian",
    "add_kinship",
    "add_member",
    "correct_resident",
    "end_guardian",
    "identify",
    "leave",
    "link_account",
    "move_household",
    "move_resident",
    "note_circumstances",
    "record_circumstances",
    "record_death",
    "register_households",
    "unmask",
]
