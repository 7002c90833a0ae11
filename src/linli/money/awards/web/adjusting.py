"""Where the rules say another amount than awards give: what waits, what was followed, and what a day will bring."""

from django.http import HttpRequest, HttpResponse

from linli.ground.users.queries.desks import Desk
from linli.money.awards.web.desk import reading
from linli.money.awards.web.lists import AdjustmentList, PreviewList


@reading
def adjustment_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Adjustments newest first; whoever changes awards follows the rules for those ticked, or leaves them."""
    return AdjustmentList(request, desk).response()


@reading
def adjustment_preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What will change for whom by a day, by the law and the birthdays known today; nothing is written."""
    return PreviewList(request, desk).response()
