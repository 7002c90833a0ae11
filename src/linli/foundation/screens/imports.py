"""The page that takes an uploaded table: everything of it or, with every problem named, nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.tables import CellProblem, RowProblem, TableRefused
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import sentence
from linli.foundation.screens.texts import is_english
from linli.kernel.act import Act

D = TypeVar("D")  # the desk
# A page of problems that a person can work through; the count says how many there are.
SHOWN = 200


@dataclass(frozen=True)
class ProblemLine:
    """One thing to put right in a file: the row and whose it is, the column, what stands there, why it was refused."""

    row: int
    who: str
    column: str
    text: str
    message: str


class ImportPage(ActPage[D, None]):
    """The form and, when a file came with it in its field ``file``, what was done with it. ``blank`` is the page that
    gives the empty table. What was refused answers 422, every problem named.
    """

    submit = _("检查并导入")
    about = "file"
    template = "table_import.html"
    blank: ClassVar[str]
    problems: Sequence[RowProblem] = ()

    def take(self, act: Act, data: bytes, name: str) -> str:
        """What a room does with the content and the name of a file: what was done, in words."""
        raise NotImplementedError

    def run(self, act: Act, said: Said) -> str:
        try:
            return self.take(act, said["file"].read(), said["file"].name)
        except TableRefused as error:
            self.problems = error.problems
            raise

    def told(self, result: str | None) -> str:
        return result or ""

    def trail(self) -> Sequence[tuple[object, str]]:
        return [(gettext("导入表格"), "")]

    def head(self) -> Head:
        return replace(super().head(), actions=[Action(gettext("下载模板"), reverse(self.blank))])

    def more(self) -> Mapping[str, Any]:
        lines = [_line(problem) for problem in self.problems[:SHOWN]]
        hidden = len(self.problems) - len(lines)
        return {"problems": lines, "named": any(line.who for line in lines), "hidden": hidden}


def _line(problem: RowProblem) -> ProblemLine:
    reason = problem.reason
    label = problem.labels[-1 if is_english() else 0] if problem.labels else ""
    if isinstance(reason, CellProblem):
        return ProblemLine(problem.row, problem.who, f"{reason.column} {label}".strip(), reason.text, reason.message)
    return ProblemLine(problem.row, problem.who, label, "", sentence(reason))
