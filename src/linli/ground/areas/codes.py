"""Levels of territory."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AreaKind(TextChoices):
    DISTRICT = "DISTRICT", _("区")
    STREET = "STREET", _("街道")
    COMMUNITY = "COMMUNITY", _("社区")
    GRID = "GRID", _("网格")
    BUILDING = "BUILDING", _("楼栋")


# Each kind lies directly in the one before it.
PARENT_KIND = {
    AreaKind.STREET: AreaKind.DISTRICT,
    AreaKind.COMMUNITY: AreaKind.STREET,
    AreaKind.GRID: AreaKind.COMMUNITY,
    AreaKind.BUILDING: AreaKind.GRID,
}

# Where people are received, and letters come from.
OFFICES = (AreaKind.STREET, AreaKind.COMMUNITY)
