"""How somebody likes to look at a list: filters, order, columns under a name, kept for them alone (docs/adr/0045)."""

from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

LONGEST_NAME = 20
LONGEST = 1_000
# Of one person and list.
MOST = 12


class ViewNameRefused(DomainError):
    """A view needs a short name."""

    message = _("请填写视图名称，最多 %(limit)s 字")


class ViewNameTaken(DomainError):
    """Another view of the list has the name."""

    message = _("这份名单已有名为「%(name)s」的视图")


class ViewsTooMany(DomainError):
    """So many tabs are read by nobody."""

    message = _("一份名单最多保存 %(limit)s 个视图；请先删除不用的")


class SavedView(models.Model):
    """One view of one person. ``address`` is the list's own, ``query`` what is asked of it, sealed: people are looked
    for by name.
    """

    user_id = models.PositiveBigIntegerField()  # users stand above: a plain id
    address = models.CharField(max_length=200)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.TextField()
    is_default = models.BooleanField(default=False)

    class Meta:
        app_label = "foundation"
        constraints = [
            models.UniqueConstraint(fields=["user_id", "address", "name"], name="view_of_a_list"),
            models.UniqueConstraint(
                fields=["user_id", "address"], condition=Q(is_default=True), name="view_shown_by_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address} {self.name}"


def views_of(user_id: int, address: str) -> Sequence[SavedView]:
    """The person's views of a list, in the order they were saved."""
    return list(SavedView.objects.filter(user_id=user_id, address=address).order_by("pk"))


def find(user_id: int, view_id: int) -> SavedView | None:
    """One of the person's views."""
    return SavedView.objects.filter(pk=view_id, user_id=user_id).first()


def query_of(view: SavedView) -> str:
    """What the view asks of its list. Raises EnvelopeBroken for one that was altered or moved."""
    return open_sealed(view.query, aad=_aad(view.user_id, view.address))


@act
def save_view(act: Act, *, address: str, name: str, query: str, is_default: bool = False) -> SavedView:
    """Keep a view, in place of one of the same name. Raises ViewNameRefused, ViewsTooMany."""
    _check_name(name)
    others = [row.pk for row in _held(act, address) if row.name != name]
    if len(others) >= MOST:
        raise ViewsTooMany(limit=MOST)
    _begin_elsewhere(others if is_default else [])
    kept = {"query": seal(query[:LONGEST], aad=_aad(act.by.pk, address)), "is_default": is_default}
    made, _new = SavedView.objects.update_or_create(user_id=act.by.pk, address=address, name=name, defaults=kept)
    audit.record(act, where=0, subject=f"view:{made.pk}")
    return made


@act
def change_view(act: Act, *, view_id: int, name: str, is_default: bool) -> None:
    """Another name, or shown by itself. Raises ViewNameRefused, ViewNameTaken."""
    _check_name(name)
    address = SavedView.objects.get(pk=view_id, user_id=act.by.pk).address
    own = {row.pk: row for row in _held(act, address)}
    view = own.pop(view_id)
    if any(row.name == name for row in own.values()):
        raise ViewNameTaken(field="name", name=name)
    _begin_elsewhere(own if is_default else [])
    view.name, view.is_default = name, is_default
    view.save(update_fields=["name", "is_default"])
    audit.record(act, where=0, subject=f"view:{view.pk}")


@act
def drop_view(act: Act, *, view_id: int) -> None:
    """It is wanted no more."""
    SavedView.objects.get(pk=view_id, user_id=act.by.pk).delete()
    audit.record(act, where=0, subject=f"view:{view_id}")


def _held(act: Act, address: str) -> Sequence[SavedView]:
    """The person's views of the list, all of them locked: which one it begins with is one answer for all."""
    return list(locked(SavedView.objects.filter(user_id=act.by.pk, address=address)))


def _begin_elsewhere(view_ids: Iterable[int]) -> None:
    SavedView.objects.filter(pk__in=list(view_ids), is_default=True).update(is_default=False)


def _check_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewNameRefused(field="name", limit=LONGEST_NAME)


def _aad(user_id: int, address: str) -> str:
    return f"foundation_savedview|{user_id}|{address}"
