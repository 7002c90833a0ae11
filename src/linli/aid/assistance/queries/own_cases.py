"""Whose case is one's own: of who applied or was counted, and of the family since one belongs to it."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from linli.aid.assistance.models import Application, Assessment
from linli.registry.residents.queries.own import numbers_of, own_homes, own_people


def own_cases(user_id: int, on: date) -> QuerySet[Application, Application]:
    """The applications that are the user's own, or those of the people the user acts for.

    They applied; or a sheet counts them among the family; or the family applied since they belong to it. What a family
    said before somebody came to it is theirs alone, and who lodges with a family is not of it.
    """
    people, homes = own_people(user_id, on), own_homes(user_id, on)
    theirs = Q(applicant_id__in=people)
    for household, since in homes.items():
        theirs |= Q(household_id=household, received_date__gte=since)
    for number in numbers_of(people):
        theirs |= Q(Exists(_counted(number)))
    # By indexes first: what only the sheets tell is asked of few.
    near = Application.objects.filter(Q(applicant_id__in=people) | Q(household_id__in=homes))
    return near.filter(theirs) if people else near.none()


def is_own(application: Application, user_id: int, on: date) -> bool:
    """Whether the application is among :func:`own_cases`."""
    return own_cases(user_id, on).filter(pk=application.pk).exists()


def _counted(number: str) -> QuerySet[Assessment]:
    listed = Concat(Value(","), "members", Value(","), output_field=TextField())
    sheets = Assessment.objects.filter(application=OuterRef("pk"))
    return sheets.annotate(listed=listed).filter(listed__contains=f",{number},")
