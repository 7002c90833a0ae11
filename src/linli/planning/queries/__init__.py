"""Reads of planning. Import them from here."""

from linli.planning.queries.actual import Drill, Row, plan_versus_actual
from linli.planning.queries.money import MonthMoney, money_by_month

__all__ = ["Drill", "MonthMoney", "Row", "money_by_month", "plan_versus_actual"]
