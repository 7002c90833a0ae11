"""The product's pages and one long list of invented people."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import path

from linli.config.urls import urlpatterns as product
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.listings import Column, Listing
from linli.ground.users.codes import Role
from linli.ground.users.queries.desks import Desk, pages_for


class Person(NamedTuple):
    """One row; nothing of it is kept."""

    pk: int

    @property
    def number(self) -> str:
        return f"R-{self.pk:07}"

    @property
    def name(self) -> str:
        return f"=金丝雀{self.pk}"

    @property
    def fen(self) -> int:
        return self.pk * 101

    @property
    def born(self) -> date:
        return date(1940, 1, 1) + timedelta(days=self.pk % 20_000)


class People(Listing[Desk, Person]):
    """As many people as :attr:`most` says, each made when it is read."""

    name = "people"
    title = "名册"
    nothing = ("没有人", "")
    filters = (Filter("q", "查找"),)
    columns = (
        Column("number", "编号", phone="title"),
        Column("name", "姓名"),
        Column("fen", "金额", "YUAN", total=True),
        Column("born", "出生", "DATE"),
    )
    most = 3_000

    def query(self) -> Sequence[Person]:
        return _Counted(self.most)  # type: ignore[return-value]  # only its length is asked

    def find(self, token: str, limit: int) -> Sequence[Person]:
        begun = int(token or 0)
        return [Person(pk) for pk in range(begun + 1, min(begun + limit, self.most) + 1)]

    def token(self, row: Person) -> str:
        return str(row.pk)

    def reading(self, row: Person) -> tuple[int, str]:
        return 7, row.number


class _Counted(NamedTuple):
    count_of: int

    def __len__(self) -> int:
        return self.count_of


@pages_for("my_work", Role.AUDITOR, Role.COMMUNITY_WORKER)
def people(request: HttpRequest, desk: Desk, of: int = 0) -> HttpResponse:
    """The list, by itself or within a record."""
    return People(request, desk).response()


urlpatterns = [*product, path("canaries/", people, name="canaries"), path("canaries/<int:of>/", people, name="some")]
