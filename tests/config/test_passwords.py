"""The hasher for passwords that everybody may know."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from linli.config.passwords import PublishedPasswordHasher

pytestmark = pytest.mark.usefixtures("real_hashing")


def cheap() -> str:
    hasher = PublishedPasswordHasher()
    return hasher.encode("linli-demo", hasher.salt())


def test_what_it_wrote_is_read_by_the_products_own():
    assert (check_password("linli-demo", cheap()), check_password("linli-dem0", cheap())) == (True, False)


def test_the_products_own_hashes_it_anew_at_the_first_log_in():
    assert identify_hasher(cheap()).must_update(cheap())


def test_the_products_own_takes_the_memory_and_time_that_argon2_asks_for():
    written = make_password("linli-demo")

    assert written.startswith("argon2$argon2id$")
    assert not identify_hasher(written).must_update(written)
    assert "m=102400,t=2" in written
