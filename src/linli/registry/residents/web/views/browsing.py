"""Look: the list with its search, a household, a resident, the workbook."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, pgettext

from linli.foundation.screens.pages import no_store, render_page, sentence
from linli.foundation.screens.reads import note_read
from linli.kernel.errors import DomainError
from linli.registry.residents.operations import household_workbook
from linli.registry.residents.queries import HouseholdFilter, Place, households, local_places, search, timeline
from linli.registry.residents.queries.export import people_rows
from linli.registry.residents.web.presenters import household_view, timeline_view
from linli.registry.residents.web.views.desk import Desk, chain_of, household_or_404, reading, resident_or_404

# People on one page of a search; what finds more has to be narrowed.
MOST_FOUND = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@reading
def resident_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Households in order of number; with a search text, people."""
    text = request.GET.get("q", "").strip()
    if text:
        return _found(request, desk, text)
    places = local_places(desk.reads)
    filters = _filters(request, places)
    page = households(desk.reads, filters, after=request.GET.get("after", ""))
    if page.rows:
        note_read(
            request,
            where=chain_of(desk.reads.communities),
            subject="households",
            shown=[row.number for row in page.rows],
        )
    context = {
        "page": page,
        "places": places,
        "filters": filters,
        "desk": desk,
        "query": "",
        "narrowing": _kept(request),
    }
    return render_page(request, "residents/resident_list.html", context, fragment="residents/_households.html")


@reading
def search_people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The frame's search box."""
    return _found(request, desk, request.GET.get("q", "").strip())


@reading
def household_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One household: members, facts, guardians, history."""
    household = household_or_404(request, desk, number)
    events = timeline(desk.reads, number)
    context = {
        "household": household_view(household),
        "events": timeline_view(events),
        "may_register": desk.may_register(household.stamp) and household.closed_date is None,
    }
    return render_page(request, "residents/household_detail.html", context)


@reading
def resident_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A resident: the household's page at the person's place, or what is left of somebody who died or went away."""
    resident = resident_or_404(request, desk, number)
    if resident.household_number:
        target = redirect("household_detail", number=resident.household_number)
        target["Location"] += f"#{number}"
        return target
    context = {"person": resident.person, "may_correct": desk.may_register(resident.person.stamp)}
    return render_page(request, "residents/resident_detail.html", context)


@reading
def household_export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The listed households with their people as a workbook, numbers masked."""
    rows = people_rows(desk.reads, _filters(request, local_places(desk.reads)), on=desk.on)
    note_read(
        request,
        where=chain_of(desk.reads.communities),
        subject="households:export",
        shown=[row.household_number for row in rows],
    )
    try:
        data = household_workbook(
            rows, title=pgettext("registry", "居民"), created=desk.on, language=get_language() or "zh-hans"
        )
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect("resident_list")
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="residents-{desk.on.isoformat()}.xlsx"'
    return no_store(response)


def _found(request: HttpRequest, desk: Desk, text: str) -> HttpResponse:
    hits = search(desk.reads, text, limit=MOST_FOUND + 1)
    more, hits = len(hits) > MOST_FOUND, hits[:MOST_FOUND]
    if hits:
        where = chain_of(hit.community_id for hit in hits)
        note_read(request, where=where, subject="search", shown=[hit.number for hit in hits])
    context = {"hits": hits, "more": more, "query": text, "desk": desk}
    return render_page(request, "residents/search.html", context, fragment="residents/_hits.html")


def _filters(request: HttpRequest, places: list[Place]) -> HouseholdFilter:
    """What the address asks for; a place that is not within reach narrows to nothing of it."""
    chosen = next((place for place in places if str(place.area_id) == request.GET.get("place", "")), None)
    building = chosen.building_id if chosen else None
    return HouseholdFilter(
        grid_id=chosen.area_id if chosen and chosen.kind == "GRID" else None,
        building_id=building,
        include_closed=request.GET.get("closed") == "1",
    )


def _kept(request: HttpRequest) -> str:
    """The filters as a query string, without the page."""
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()
