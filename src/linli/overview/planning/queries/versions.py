"""Versions of plans, the one in force, and the plan that a community lives by."""

import json
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from linli.foundation.data.scope import Scope, within
from linli.ground.users.queries import Authority
from linli.kernel.canonical import canonical_json
from linli.law.policies.queries import pack_by_digest
from linli.overview.planning.engine import Change, Plan, plan_from_pack
from linli.overview.planning.models import Adoption, PlanVersion


def all_versions(scope: Scope) -> QuerySet[PlanVersion]:
    """Every version in the scope."""
    return within(PlanVersion.objects.all(), scope)


def versions(scope: Scope, *, community_id: int, year: int, scheme: str) -> QuerySet[PlanVersion]:
    """The community's versions of a year, newest first."""
    return all_versions(scope).filter(community_id=community_id, year=year, scheme=scheme).order_by("-pk")


def version(scope: Scope, number: str) -> PlanVersion:
    """One version; PlanVersion.DoesNotExist when it is not in the scope."""
    found: PlanVersion = all_versions(scope).get(number=number)
    return found


def changes_of(found: PlanVersion) -> tuple[Change, ...]:
    """The figures that a version changes in its pack."""
    return tuple(Change(change["path"], change["value"]) for change in json.loads(found.changes))


def by_oneself(version: PlanVersion, person: Authority, on: date) -> bool:
    """Whether the version has figures of the person's own: a pack's plan as it is written is nobody's."""
    return version.changes != canonical_json([]) and person.is_one_of([version.created_by_id], on)


def plan_of(found: PlanVersion) -> Plan:
    """The plan that a version says. Raises PackAltered when the pack's files are not what was installed."""
    return plan_from_pack(pack_by_digest(found.pack_digest)).with_changes(changes_of(found))


def current_adoption(community_id: int, year: int, scheme: str) -> Adoption | None:
    """The adoption in force for a community and year, None before the first."""
    rows = Adoption.objects.filter(community_id=community_id, year=year, scheme=scheme, replaced_by__isnull=True)
    return rows.select_related("version").first()


def current_adoptions(community_ids: Iterable[int], year: int) -> dict[tuple[int, str], Adoption]:
    """The same of several communities, by community and scheme; one statement."""
    rows = Adoption.objects.filter(community_id__in=set(community_ids), year=year, replaced_by__isnull=True)
    return {(row.community_id, row.scheme): row for row in rows.select_related("version").order_by("-pk")}


def adoptions(scope: Scope, *, community_id: int, year: int, scheme: str) -> QuerySet[Adoption]:
    """All adoptions of a year, newest first."""
    rows = Adoption.objects.filter(community_id=community_id, year=year, scheme=scheme)
    return within(rows, scope, prefix="version__").select_related("version").order_by("-pk")
