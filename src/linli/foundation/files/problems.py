"""What is wrong with a table: with a cell, with a row, with the whole file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from linli.foundation.files.cells import MAX_TEXT, REASONS
from linli.kernel.errors import DomainError


@dataclass(frozen=True)
class CellProblem:
    """Why a cell was not taken: sheet row, column letter ("" for a column that is not there), the column's label, what
    stood in the cell, and the reason's code (``cells.REASONS``). ``field`` is the column's key, "" for none of ours.
    """

    row: int
    column: str
    label: str
    text: str
    code: str
    choices: str = ""
    field: str = ""

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        places = {"label": self.label, "text": self.text, "choices": self.choices, "limit": MAX_TEXT}
        return str(REASONS[self.code]) % places


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken: its number in the file, and the reason, which names the column by its key.

    A room gives its own columns in ``headers``: by their keys, Chinese then English; and where a row is a person's, the
    name that stands in it, in ``who``.
    """

    headers: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    row: int
    reason: DomainError | CellProblem
    who: str = ""

    @property
    def field(self) -> str:
        """The column's key; "" for the row as a whole."""
        return self.reason.field

    @property
    def labels(self) -> tuple[str, ...]:
        """The column's headers, Chinese then English; none for the row as a whole."""
        return self.headers.get(self.field, ())

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        return self.reason.message if isinstance(self.reason, CellProblem) else str(self.reason)


class TableRefused(DomainError):
    """Nothing of a file was taken; ``problems`` names every row and column, in the order of the rows."""

    code = "table.refused"
    message = _("表格没有导入，共 %(count)s 处需要更正")

    def __init__(self, problems: Iterable[RowProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.row))
        super().__init__(field="file", count=len(self.problems))
