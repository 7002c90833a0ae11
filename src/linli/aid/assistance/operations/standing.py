"""No step on yesterday's result: what every act from the assessment to the decision checks first."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.models import Application, Assessment
from linli.aid.assistance.queries.standing import change_sentence, changes_of, sheet_change, sheet_sentence
from linli.aid.assistance.refusals import HouseholdChanged
from linli.kernel.errors import DomainError


class PublicationOutdated(DomainError):
    """A case on the prepared sheet is being assessed again: the sheet would show what no longer holds."""

    message = _("申请 %(numbers)s 已重新入户核实，请作废这份公示后重新准备")


def check_standing(applications: Sequence[Application], on: date) -> None:
    """Raises HouseholdChanged where a household is not what was assessed, naming each case."""
    changes = changes_of(applications, on)
    told = [change_sentence(one, changes[one.pk], on) for one in applications if one.pk in changes]
    if told:
        raise HouseholdChanged(cases=" ".join(told))


def check_sheet(assessment: Assessment, on: date) -> None:
    """Raises HouseholdChanged where the sheet does not describe the household as it is."""
    change = sheet_change(assessment, on)
    if change is not None:
        raise HouseholdChanged(cases=sheet_sentence(assessment.application, change))
