"""What somebody is shown who is logged in, no browser and no proxy keeps."""

import pytest

from tests.access.asking import pages_of, routes_with_pages


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes_with_pages())
def test_pages_and_files_stay_with_whom_they_were_shown(world, office, route):
    address, readers = next(pages_of(world, route), ("", []))
    known = [role for role in readers if role != "anonymous"]
    if not known:
        pytest.skip("a route without a page of its own")

    assert "no-store" in office.header(known[0], address, "Cache-Control")
