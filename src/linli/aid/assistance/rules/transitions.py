"""Which act may follow which state. Anything not listed is refused."""

from collections.abc import Mapping

from linli.kernel.errors import DomainError, gettext_noop

# act -> (states it may start from, state it leads to)
TRANSITIONS: Mapping[str, tuple[frozenset[str], str]] = {
    "ask_for_supplement": (frozenset({"RECEIVED"}), "AWAITING_PAPERS"),
    "resume": (frozenset({"AWAITING_PAPERS"}), "RECEIVED"),
    "accept": (frozenset({"RECEIVED"}), "ACCEPTED"),
    "turn_away": (frozenset({"RECEIVED"}), "NOT_ACCEPTED"),
    "lapse": (frozenset({"AWAITING_PAPERS"}), "LAPSED"),
    "withdraw": (
        frozenset(
            {
                "RECEIVED",
                "AWAITING_PAPERS",
                "ACCEPTED",
                "ASSESSING",
                "ASSESSED",
                "OPINION_GIVEN",
                "REVIEWED",
                "PUBLISHED",
                "OBJECTED",
            }
        ),
        "WITHDRAWN",
    ),
    "form_team": (frozenset({"ACCEPTED", "ASSESSED", "OBJECTED"}), "ASSESSING"),
    # The household is not what was assessed: another round, from wherever the case stands.
    "assess_again": (frozenset({"OPINION_GIVEN", "REVIEWED", "PUBLISHED"}), "ASSESSING"),
    "complete_assessment": (frozenset({"ASSESSING"}), "ASSESSED"),
    "give_opinion": (frozenset({"ASSESSED"}), "OPINION_GIVEN"),
    "review": (frozenset({"OPINION_GIVEN"}), "REVIEWED"),
    "send_back": (frozenset({"OPINION_GIVEN"}), "ASSESSED"),
    "post": (frozenset({"REVIEWED"}), "PUBLISHED"),
    "object": (frozenset({"PUBLISHED", "OBJECTED"}), "OBJECTED"),
    "grant": (frozenset({"PUBLISHED"}), "GRANTED"),
    "refuse": (frozenset({"REVIEWED", "PUBLISHED"}), "REFUSED"),
}


class StepNotPossible(DomainError):
    """The application is not in a state where this can be done: a double click, or somebody was faster."""

    code = "assistance.step_not_possible"
    message = gettext_noop("申请 %(number)s 现在的状态不能办理这一步；可能已由他人办理，请刷新后查看")


def next_state(act: str, state: str, *, number: str) -> str:
    """The state the act leads to. Raises StepNotPossible."""
    starts, target = TRANSITIONS[act]
    if state not in starts:
        raise StepNotPossible(number=number)
    return target
