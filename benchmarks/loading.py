"""Fill the tables set-wise: what is there is written again as often as asked, each time as other people elsewhere.

One statement a table: every row of the small world goes in once more with its ids moved by a stride, its numbers with a
mark behind them. What refers to a copied row refers to the copy; what is not copied (people who log in, packs) is
shared. Rules of the database (triggers) stand aside meanwhile: the small world obeyed them, and its copies are alike.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, BigAutoField, CharField, Field, Model

from linli.foundation.data import triggers
from linli.foundation.data.crypto import seal
from linli.ground.notifications.models import Letter

# Copies of a community in one street.
A_STREET = 10
# Who logs in, what the law says, how the trail is sealed: shared.
SHARED = frozenset(
    "foundation.Counter foundation.AuditSeal foundation.ActKey foundation.PrintSign foundation.Beat "
    "foundation.RowDigests foundation.Check foundation.Definitions foundation.Demonstration users.User "
    "users.Session users.Factor users.AccessRequest users.AccountNotice users.ExtraLooks "
    "users.Assignment residents.ResidentAccount policies.PackVersion policies.Determination policies.WorkingDayYear "
    "awards.Following assistance.Draft planning.Adoption".split()
)
# What a community has once, however many families live there.
OF_A_COMMUNITY = frozenset(
    "foundation.AuditEntry areas.Area ledger.Fund ledger.FundingSource ledger.BudgetLine ledger.Account ledger.Journal "
    "ledger.DaySum ledger.Transfer ledger.Proposal ledger.CarryOver ledger.LockedMonth "
    "payments.PaymentBatch payments.PaymentSum awards.AwardSum awards.DueSum payments.ReturnImport "
    "planning.PlanVersion assistance.Publication "
    "assistance.RunningSum assistance.ApplicationSum notifications.UndeliveredSum".split()
)
# What goes on happening in a place.
HISTORY = frozenset("foundation.AuditEntry ledger.Journal ledger.Transfer assistance.Publication".split())
# Texts by which rows of different tables know each other.
NUMBERS = frozenset({"number", "unit_key", "application_number", "subject"})
# Numbers within a set that grows.
COUNTED = {"payments.PaymentItem": "seq", "foundation.AuditEntry": "seq"}
# Lengths of what is drawn by chance or out of a key.
_RANDOM = (32, 64)
_SEALED = "envelope"
_COMMUNITY = ("community_id", "grid_id", "to_community_id", "to_grid_id", "chain")
_STREET = ("street_id", "to_street_id")


@dataclass(frozen=True)
class Plan:
    """What is copied, and by how much the ids of each table move."""

    models: tuple[type[Model], ...]
    strides: Mapping[str, int]
    with_areas: bool
    mark: str


def more_families(copies: int, mark: str = "f") -> None:
    """As many more families in the same communities, with their cases, awards and payments; another mark each time."""
    _multiply(copies, mark, leaving=SHARED | OF_A_COMMUNITY)


def more_communities(copies: int) -> None:
    """As many more communities of the same district, ten in a street."""
    _multiply(copies, "c", leaving=SHARED)


def more_history(copies: int) -> None:
    """As much more trail, bookings and notices in the same communities; balances stay what they were."""
    _multiply(copies, "h", leaving={model._meta.label for model in _ours()} - HISTORY)


def rows_by_table() -> dict[str, int]:
    """How many rows each table of the product holds."""
    with connection.cursor() as cursor:
        found = {}
        for model in _ours():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = int(cursor.fetchone()[0])
    return found


def _multiply(copies: int, mark: str, *, leaving: Collection[str]) -> None:
    models = tuple(model for model in _ours() if model._meta.label not in leaving)
    plan = Plan(models, {model._meta.db_table: _stride(model) for model in models}, "areas.Area" not in leaving, mark)
    with transaction.atomic(), _without_rules(), connection.cursor() as cursor:
        for model in models:
            for statement in _statements(plan, model, copies):
                cursor.execute(statement)
            if connection.vendor == "postgresql":
                cursor.execute(_counted_on(model))
        _seal_letters(plan)


def _ours() -> list[type[Model]]:
    """The tables of the product, what is referred to before what refers."""
    left = [model for model in apps.get_models() if model.__module__.startswith("linli.")]
    found: list[type[Model]] = []
    while left:
        ready = [model for model in left if _referred(model) <= {model, *found}]
        found += ready
        left = [model for model in left if model not in ready]
    return found


def _referred(model: type[Model]) -> set[type[Model]]:
    rows = {field.related_model for field in model._meta.local_fields if field.is_relation}
    return {one for one in rows if isinstance(one, type) and one.__module__.startswith("linli.")}


def _stride(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max("{model._meta.pk.column}"), 0) + 1 FROM "{model._meta.db_table}"')
        return int(cursor.fetchone()[0])


def _statements(plan: Plan, model: type[Model], copies: int) -> Iterator[str]:
    table, place = model._meta.db_table, ""
    if model._meta.label == "areas.Area":
        yield _insert(plan, model, copies // A_STREET, "s.kind = 'STREET'")
        place = "s.kind IN ('COMMUNITY', 'GRID', 'BUILDING')"
    if model._meta.label == "foundation.AuditEntry":
        place = "s.chain <> 0"  # the chain of everybody goes on nowhere else
    yield _insert(plan, model, copies, place or f"s.{model._meta.pk.column} < {plan.strides[table]}")


def _insert(plan: Plan, model: type[Model], copies: int, where: str) -> str:
    table, stride = model._meta.db_table, plan.strides[model._meta.db_table]
    columns = [field.column for field in model._meta.local_fields]
    values = [_value(plan, model, field) for field in model._meta.local_fields]
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) "
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} '
        f'FROM n CROSS JOIN "{table}" s WHERE {where} AND s."{model._meta.pk.column}" < {stride} '
        f"AND n.i <= {copies} ORDER BY n.i"
    )


def _counted_on(model: type[Model]) -> str:
    """Ids that the product gives from now on come after those of the copies."""
    table, key = model._meta.db_table, model._meta.pk.column
    return f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"


def _value(plan: Plan, model: type[Model], field: "Field[object, object]") -> str:
    name, own = f's."{field.column}"', plan.strides[model._meta.db_table]
    areas = plan.strides.get("areas_area", 0)
    if isinstance(field, AutoField | BigAutoField):
        return f"{name} + n.i * {own}"
    if model._meta.label == "areas.Area" and field.column == "parent_id":
        street = f"WHEN 'STREET' THEN {name} WHEN 'COMMUNITY' THEN {name} + n.i / {A_STREET} * {areas}"
        return f"CASE s.kind {street} ELSE {_moved(name, areas)} END"
    if plan.with_areas and field.column in _COMMUNITY:
        return _moved(name, areas)
    if plan.with_areas and field.column in _STREET:
        return _street(model, name, areas)
    if field.is_relation:
        target = field.related_model._meta.db_table  # type: ignore[union-attr]  # a model, not "self"
        return _moved(name, plan.strides[target]) if target in plan.strides else name
    if COUNTED.get(model._meta.label) == field.column:
        return f"{name} + n.i * (SELECT max(seq) FROM {model._meta.db_table} WHERE id < {own})"
    return _text(field, name, plan.mark)


def _seal_letters(plan: Plan) -> None:
    """A letter opens under its own number only: those of the copies are sealed anew."""
    stride = plan.strides.get(Letter._meta.db_table)
    if stride is None:
        return
    plain = {one.pk: json.dumps(one.content) for one in Letter.objects.filter(pk__lt=stride)}
    copies = Letter.objects.filter(pk__gte=stride).values_list("pk", "number")
    sealed = ((seal(plain[pk % stride], aad=Letter.aad(number)), pk) for pk, number in copies)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {Letter._meta.db_table} SET content_envelope = %s WHERE id = %s", list(sealed))


def _moved(name: str, stride: int) -> str:
    return f"CASE WHEN {name} = 0 THEN 0 ELSE {name} + n.i * {stride} END"


def _street(model: type[Model], name: str, areas: int) -> str:
    """A street's own row moves by the number of streets, everything in a street with its community."""
    by_street = f"{name} + n.i / {A_STREET} * {areas}"
    if model._meta.label != "areas.Area":
        return by_street
    return f"CASE s.kind WHEN 'STREET' THEN {name} + n.i * {areas} ELSE {by_street} END"


def _text(field: "Field[object, object]", name: str, mark: str) -> str:
    column = field.column or ""
    if isinstance(field, CharField) and (column.endswith("_index") or (field.unique and field.max_length in _RANDOM)):
        drawn = "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "md5(random()::text)"
        return f"CASE WHEN {name} IS NULL OR {name} = '' THEN {name} ELSE {drawn} END"
    if column.endswith(_SEALED) and column != "content_envelope":
        return "''"  # what is not known: it would open in its own row only
    if isinstance(field, CharField) and (field.unique or column in NUMBERS or column == "holder_name"):
        marked = f"{name} || '{mark}' || n.i"
        # Its end tells a copy apart; PostgreSQL takes no longer text than the column's.
        whole = marked if connection.vendor == "sqlite" else f"right({marked}, {field.max_length})"
        return f"CASE WHEN {name} = '' THEN '' ELSE {whole} END"
    return name


@contextmanager
def _without_rules() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            triggers.install(connection)
            return
        # References are whole already where rows are copied with what they refer to.
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
