"""Log-ins and the residents who use them, as those see it who link them; ended ones too."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from linli.foundation.data.scope import Scope, within
from linli.ground.notifications.queries import Addressee
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import Guardianship, Membership, ResidentAccount
from linli.registry.residents.queries.own import addressees_among


def links(scope: Scope, *, state: str = "", text: str = "") -> QuerySet[ResidentAccount, ResidentAccount]:
    """Links of residents in the scope, the newest first; by their number, the user name or the resident's number."""
    rows = within(ResidentAccount.objects.select_related("user", "resident"), scope).order_by("-pk")
    rows = rows.filter(state=state) if state else rows
    wanted = text.strip()
    named = Q(number=wanted.upper()) | Q(resident__number=wanted.upper()) | Q(user__username__iexact=wanted)
    return rows.filter(named) if wanted else rows


def link(scope: Scope, number: str) -> ResidentAccount:
    """One link; ResidentAccount.DoesNotExist when it is not in the scope."""
    return links(scope).get(number=number)


def links_to_settle(scope: Scope, _on: date) -> QuerySet[ResidentAccount, ResidentAccount]:
    """Links that somebody doubts, the oldest doubt first."""
    return links(scope, state=LinkState.DOUBTED).order_by("doubted_at", "pk")


def links_of(scope: Scope, resident_ids: Collection[int]) -> QuerySet[ResidentAccount, ResidentAccount]:
    """Every link that residents have or had, the newest first."""
    return links(scope).filter(resident_id__in=resident_ids)


def tie_ids(scope: Scope, ward_ids: Collection[int]) -> list[int]:
    """The ties (ids) of those who act or acted for residents in the scope."""
    rows = within(Guardianship.objects.filter(ward_id__in=ward_ids), scope)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def residents_written_to(numbers: Collection[str], delivers: Scope, on: date) -> Mapping[str, Addressee]:
    """To whom letters about links (by number) and about guardians (by the tie's id as text) go: the resident or the
    ward, at home; who has left every home, where they lived.
    """
    ties = [int(one) for one in numbers if one.isdecimal()]
    linked = ResidentAccount.objects.filter(number__in=numbers).annotate(home=_last_home("resident"))
    bound = Guardianship.objects.filter(pk__in=ties).annotate(number=Cast("pk", CharField()), home=_last_home("ward"))
    found = linked.order_by().values_list("number", "resident_id", "home")
    if ties:
        found = found.union(bound.order_by().values_list("number", "ward_id", "home"), all=True)
    rows = [row for row in found if row[2] is not None]
    to = addressees_among({resident: home for _number, resident, home in rows}, delivers, on)
    return {number: to[resident] for number, resident, _home in rows}


def _last_home(of: str) -> Subquery:
    lived = Membership.objects.filter(resident=OuterRef(of), annulled=False).order_by("-valid_from", "-pk")
    return Subquery(lived.values("household_id")[:1])
