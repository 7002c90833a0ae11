"""What a plan needs of a policy pack, described here so that this room needs nothing of the one that loads packs."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol


class Words(Protocol):
    """A text in both languages."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class Labelled(Protocol):
    """Anything a pack has with a label."""

    @property
    def label(self) -> Words: ...


class BasisLike(Protocol):
    """Where a number comes from."""

    @property
    def legal_basis(self) -> str: ...
    @property
    def assumption(self) -> bool: ...
    @property
    def why(self) -> Words | None: ...


class ParameterLike(Labelled, Protocol):
    """A dated number of a pack."""

    @property
    def unit(self) -> str: ...
    @property
    def basis(self) -> BasisLike: ...
    def value_on(self, on: date, /) -> int | None: ...


class ProgrammeLike(Labelled, Protocol):
    """A programme of a pack; ``term`` names the parameter that says for how many months an award runs."""

    @property
    def group(self) -> str: ...
    @property
    def budget_line(self) -> str: ...
    @property
    def term(self) -> str: ...


class ServiceLike(Labelled, Protocol):
    """A service of a pack; ``frequency`` names a parameter."""

    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def frequency(self) -> str: ...
    @property
    def budget_line(self) -> str: ...


class ClassLike(Labelled, Protocol):
    """A kind of class of a pack; ``seats`` and ``share`` name parameters."""

    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def seats(self) -> str: ...
    @property
    def share(self) -> str: ...
    @property
    def budget_line(self) -> str: ...


class FundSourceLike(Labelled, Protocol):
    """A source of money; ``purposes`` are the budget lines it may pay."""

    @property
    def purposes(self) -> tuple[str, ...]: ...


class ShortageLike(Protocol):
    """Who is paid first when money is short."""

    @property
    def programmes(self) -> tuple[str, ...]: ...
    @property
    def arrears_first(self) -> bool: ...
    @property
    def within(self) -> str: ...


class PackLike(Labelled, Protocol):
    """What a plan needs of a pack."""

    @property
    def code(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def parameters(self) -> Mapping[str, ParameterLike]: ...
    @property
    def groups(self) -> Mapping[str, Labelled]: ...
    @property
    def programmes(self) -> Mapping[str, ProgrammeLike]: ...
    @property
    def services(self) -> Mapping[str, ServiceLike]: ...
    @property
    def classes(self) -> Mapping[str, ClassLike]: ...
    @property
    def budget_lines(self) -> Mapping[str, Labelled]: ...
    @property
    def fund_sources(self) -> Mapping[str, FundSourceLike]: ...
    @property
    def shortage(self) -> ShortageLike: ...
    @property
    def plan(self) -> Mapping[str, Any] | None: ...
