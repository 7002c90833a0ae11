"""The product's clock: pages, jobs and the command line read it here; acts are handed what it said."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from linli.kernel.act import CHINA_TIME


def now() -> datetime:
    """This moment in China: the one place where the clock is read. A demonstration lives on its own day."""
    moment = timezone.now().astimezone(CHINA_TIME)
    if settings.DEMO_TODAY:
        day = date.fromisoformat(settings.DEMO_TODAY)
        moment = moment.replace(year=day.year, month=day.month, day=day.day)
    return moment
