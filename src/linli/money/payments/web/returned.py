"""What came back from the bank: the maker sends it again, the checker gives it up."""

from django.http import HttpRequest, HttpResponse

from linli.ground.users.queries.desks import Desk
from linli.money.payments.web.desk import reading
from linli.money.payments.web.lists import ReturnedList


@reading
def returned_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What came back, the oldest first; those who may send it again or give it up find the buttons."""
    return ReturnedList(request, desk).response()
