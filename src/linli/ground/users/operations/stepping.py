"""A step taken on one record, as most steps are: locked, allowed, written, recorded."""

from typing import Any, TypeVar

from django.db.models import Model

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import within_act
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.steps import Workflow

M = TypeVar("M", bound=Model)


@within_act
def take_step(act: Act, /, flow: Workflow, code: str, model: type[M], row_id: int, note: str = "", **values: Any) -> M:
    """The row with its new state, the hand that took the step and the values; ``note`` goes into the trail.

    The row knows its place (``stamp``) and its number; the trail calls it by the workflow's kind. Raises what
    ``check_step`` does.
    """
    row: Any = locked(model._default_manager.filter(pk=row_id)).get()
    check_step(act, flow, code, row)
    step = flow.step(code)
    written = dict(values)
    if step.targets:
        written["state"] = step.targets[0]
    if step.hand:
        written[step.hand] = act.by.pk
    for name, value in written.items():
        setattr(row, name, value)
    row.save(update_fields=list(written))
    kind = flow.code.rpartition(".")[2]
    audit.record(act, where=row.stamp, subject=f"{kind}:{row.number}", note={"note": note} if note else None)
    found: M = row
    return found
