"""Accounts that are nobody's: neither a post's nor a resident's."""

from typing import Any

from django.db.models import QuerySet

from linli.foundation.measures import Measure, Window
from linli.ground.users.queries.measures import ACCOUNT, without_post
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import ResidentAccount


def _nobodys(window: Window) -> QuerySet[Any, Any]:
    # One that is doubted is looked into; one that ended leaves its account nobody's.
    linked = ResidentAccount.objects.exclude(state=LinkState.ENDED)
    return without_post(window).exclude(pk__in=linked.values("user_id"))


ACCOUNTS_OF_NOBODY = Measure(_nobodys, unit="pk", line="username", shown=ACCOUNT)
