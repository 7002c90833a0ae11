"""Words of the room: what the installed schemes call the facts of people and households, of which the registry knows
only the codes; where a case stands, and how much time is left.
"""

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from linli.aid.assistance.codes import ApplicationState, EventKind, Step
from linli.aid.assistance.queries.deadlines import ClockView
from linli.aid.assistance.steps import CASE, RENEWAL
from linli.foundation.screens.cells import deadline
from linli.law.policies.queries import installed, pack_of
from linli.registry.residents.queries.vocabulary import FactWord, Unit

_TAKING_BACK = {step.code: step.label for flow in (CASE, RENEWAL) for step in flow.steps if step.takes_back}


def fact_words() -> list[FactWord]:
    """Every fact that an installed pack asks for, worked-out ones (age) left out; the newest pack's words win."""
    words: dict[str, FactWord] = {}
    for version in installed():
        for name, spec in pack_of(version.pk).facts.items():
            if spec.unit == "AGE":
                continue
            unit: Unit = "BOOL" if spec.unit == "BOOL" else "FEN" if spec.unit == "FEN" else "INTEGER"
            words[name] = FactWord(name, spec.label, unit, spec.level == "HOUSEHOLD")
    return list(words.values())


def state_text(state: ApplicationState, step: Step | None) -> str:
    """The state as the day has it: a publication whose last day has passed is over before the daily job says so."""
    over = state == ApplicationState.PUBLISHED and step == Step.DECIDE
    return gettext("公示期满") if over else str(state.label)


def event_title(kind: str, note: str) -> str:
    """What an event is called; of a step taken back, the name of what took it back."""
    return str(
        _TAKING_BACK.get(note, EventKind.TAKEN_BACK.label) if kind == EventKind.TAKEN_BACK else EventKind(kind).label
    )


def sheet_words(step: Step | None) -> str:
    """What leads somebody of the team to the sheet."""
    return gettext("完成评估") if step == Step.COMPLETE else gettext("填写入户调查")


def left(clock: ClockView | None) -> SafeString:
    """How much time is left, as a chip; nothing where no clock runs."""
    return deadline(clock.colour, clock.days_left, clock.due_date, clock.article) if clock is not None else SafeString()
