"""The page that takes an uploaded table: everything of it or, with every problem named, nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.files.tables import CellProblem, RowProblem, TableRefused
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page, sentence
from linli.foundation.screens.texts import is_english
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError

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


def import_page(
    request: HttpRequest, form: forms.Form, take: Callable[[bytes, str], str], *, head: Head, back: str
) -> HttpResponse:
    """Show the form and, when a file came with it, let ``take`` read and act: content and name in, what was done out.

    The file is the form's field ``file``; ``back`` is the address where the page leads when it is done, or was done
    before. What was refused answers 422.
    """
    problems: tuple[RowProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            messages.success(request, take(upload.read(), upload.name))
            return redirect(back)
        except ActRepeated:
            return redirect(back)
        except DomainError as error:
            problems = error.problems if isinstance(error, TableRefused) else ()
            form.add_error("file", sentence(error))
    lines = [_line(problem) for problem in problems[:SHOWN]]
    context = {
        "form": form,
        "head": head,
        "problems": lines,
        "named": any(line.who for line in lines),
        "hidden": len(problems) - len(lines),
        "back": back,
        "submit": gettext("检查并导入"),
        "version": None,
        "danger": False,
    }
    return render_page(request, "table_import.html", context, status=422 if form.errors else 200)


def _line(problem: RowProblem) -> ProblemLine:
    reason = problem.reason
    label = problem.labels[-1 if is_english() else 0] if problem.labels else ""
    if isinstance(reason, CellProblem):
        return ProblemLine(problem.row, problem.who, f"{reason.column} {label}".strip(), reason.text, reason.message)
    return ProblemLine(problem.row, problem.who, label, "", sentence(reason))
