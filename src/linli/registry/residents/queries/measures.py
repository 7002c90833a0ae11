"""Accounts that are nobody's: neither a post's nor a resident's."""

from typing import Any

from django.db.models import QuerySet

from linli.foundation.measures import Measure, Window
from linli.ground.users.queries.measures import ACCOUNT, without_post


def _nobodys(window: Window) -> QuerySet[Any, Any]:
    return without_post(window).filter(resident_account__isnull=True)


ACCOUNTS_OF_NOBODY = Measure(_nobodys, unit="pk", line="username", shown=ACCOUNT)
