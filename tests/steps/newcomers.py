"""Requests from the public door tried."""

from linli.registry.newcomers.operations import confirm, refuse, reopen
from linli.registry.newcomers.steps import REQUEST
from linli.registry.residents.models import Household
from tests.newcomers.requests import asked, confirmed, refused
from tests.steps.trying import Bench


def _home() -> str:
    """The one family there is."""
    return str(Household.objects.get().number)


BENCHES = [
    Bench(
        REQUEST,
        "neighbours",
        {
            "WAITING": lambda world: asked(world[1]),
            "CONFIRMED": lambda world: confirmed(*world, _home()),
            "REFUSED": lambda world: refused(*world),
        },
        {
            "confirm": lambda act, row: confirm(act, request_id=row.pk, household=_home()),
            "refuse": lambda act, row: refuse(act, request_id=row.pk, note="联系不上"),
            "reopen": lambda act, row: reopen(act, request_id=row.pk),
        },
        page=lambda row: f"/residents/requests/{row.number}/",
    )
]
