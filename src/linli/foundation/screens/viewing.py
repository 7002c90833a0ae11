"""Saved views of a list and the choice of its columns: every list has them by being declared (docs/adr/0045)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.desks import everybody, page_of
from linli.foundation.screens.filters import AskedFilter
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import address_said, there
from linli.foundation.trail import views
from linli.foundation.trail.views import SavedView
from linli.kernel.act import Act, Actor

COLUMNS = "columns"
# What an address says of the moment; ``all`` shows the list as it is where a view is shown by itself.
_PASSING = frozenset({"after", "as", "all", "suggest"})


@dataclass(frozen=True)
class Shape:
    """How the person looks at a list now. ``tabs`` are (words, address, is it this one), ``view`` the one that is
    shown, ``query`` what the address asks, ``kept`` the same without the columns; ``columns`` are (path, words, is it
    shown) of those that may be left out; ``keeps`` whether views are kept of it, ``begins`` the address of the one
    that is shown now by itself.
    """

    address: str
    query: str
    kept: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, object, bool]]
    tabs: Sequence[tuple[object, str, bool]]
    view: SavedView | None
    keeps: bool
    begins: str

    @property
    def save(self) -> str:
        """Where it is kept as a view; empty where it cannot be."""
        of = urlencode({"of": f"{self.address}?{self.query}"})
        return f"{reverse('view_new')}?{of}" if self.keeps else ""

    @property
    def chosen(self) -> list[str]:
        """The columns that are shown, where some are not."""
        found = [path for path, _words, shown in self.columns if shown]
        return found if len(found) < len(self.columns) else []


def shape_of(
    request: HttpRequest, address: str, drawn: Sequence[AskedFilter], columns: Sequence[tuple[str, object, bool]]
) -> Shape:
    """How the list at an address is looked at."""
    said = _said(request, drawn)
    query = urlencode(said)
    keeps = request.user.pk is not None and _is_own(request)
    own = views.views_of(request.user.pk, address) if request.user.pk and keeps else []
    asked = {one.pk: views.query_of(one) for one in own}
    view = next((one for one in own if asked[one.pk] == query), None)
    tabs = [(one.name, f"{address}?{asked[one.pk]}", one is view) for one in own]
    everything = [(_("全部"), f"{address}?all", not query)] if own else []
    # A view that asks nothing is the list itself: to it nobody is led.
    begins = next((f"{address}?{asked[one.pk]}" for one in own if one.is_default and asked[one.pk]), "")
    kept = [(name, value) for name, value in said if name != COLUMNS]
    return Shape(address, query, kept, columns, [*everything, *tabs], view, keeps, "" if request.GET else begins)


def _is_own(request: HttpRequest) -> bool:
    """Whether the list has an address of its own; one within a record or an act has its columns alone."""
    return request.resolver_match is not None and not request.resolver_match.kwargs


def _said(request: HttpRequest, drawn: Sequence[AskedFilter]) -> list[tuple[str, str]]:
    """What the address asks, in one order; nothing that goes without saying."""
    by_itself = {one.key for one in drawn if not one.default}
    return [(name, value) for name, value in _lasting(request.GET) if value or name not in by_itself]


def _lasting(asked: QueryDict) -> list[tuple[str, str]]:
    """What an address asks besides what it says of the moment, in one order."""
    return sorted((name, value) for name, values in asked.lists() if name not in _PASSING for value in values)


class ViewForm(forms.Form):
    """What a view is called, and whether the list begins with it."""

    name = forms.CharField(label=_("名称"), max_length=views.LONGEST_NAME)
    is_default = forms.BooleanField(label=_("打开名单时先显示它"), required=False)


class NewView(ActPage[Actor, SplitResult]):
    """Keep how the list is looked at. Raises Http404 for an address that is no page of ours."""

    title, submit, done = _("保存名单视图"), _("保存"), _("视图已保存")
    lead = _("现在的条件、排序和列，以后一点就是。")
    form = ViewForm

    def find(self) -> SplitResult:
        of = address_said(self.request.GET.get("of", ""))
        try:
            resolve(of.path)
        except Resolver404 as error:
            raise Http404 from error
        return of._replace(query=urlencode(_lasting(QueryDict(of.query))))

    def run(self, act: Act, said: Said) -> object:
        return views.save_view(act, address=self.row.path, query=self.row.query, **said)

    def home(self) -> str:
        return f"{self.row.path}?{self.row.query}"


class ViewAct(ActPage[Actor, SavedView]):
    """An act on a view of one's own."""

    of = "view_id"

    def find(self, number: int) -> SavedView:
        return there(views.find(self.desk.pk, number))

    def head(self) -> Head:
        return Head(self.title, self.row.name)


class EditView(ViewAct):
    """Another name, or shown by itself."""

    title, submit, done = _("名单视图"), _("保存"), _("视图已修改")
    form = ViewForm
    operation = views.change_view

    def initial(self) -> Mapping[str, Any]:
        return {"name": self.row.name, "is_default": self.row.is_default}

    def home(self) -> str:
        return f"{self.row.address}?{views.query_of(self.row)}"

    def head(self) -> Head:
        return replace(super().head(), actions=[Action(gettext("删除"), reverse("view_drop", args=[self.row.pk]))])


class DropView(ViewAct):
    """Delete a view; the list stays as it is."""

    title, submit, done = _("删除名单视图"), _("删除"), _("视图已删除")
    operation = views.drop_view
    danger = True

    def home(self) -> str:
        return f"{self.row.address}?all"


view_new, view_edit, view_drop = (page_of(page, everybody) for page in (NewView, EditView, DropView))


def begin(request: HttpRequest, shape: Shape) -> HttpResponse | None:
    """The view that the list begins with, where its bare address is opened."""
    return redirect(shape.begins) if shape.begins and request.method == "GET" else None
