"""Reads of planning. Import them from here."""

from linli.overview.planning.models import Adoption, PlanVersion
from linli.overview.planning.queries.actual import Row, plan_versus_actual
from linli.overview.planning.queries.money import MonthMoney, money_by_month
from linli.overview.planning.queries.versions import (
    adoptions,
    by_oneself,
    changes_of,
    current_adoption,
    plan_of,
    version,
    versions,
)
