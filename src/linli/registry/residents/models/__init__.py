"""People and households, what is known of them and since when."""

from linli.registry.residents.models.facts import Circumstance, Identification
from linli.registry.residents.models.people import (
    Correction,
    Household,
    Membership,
    Relocation,
    RelocationAnnulment,
    Resident,
)
from linli.registry.residents.models.ties import TIES, Guardianship, Kinship, ResidentAccount
