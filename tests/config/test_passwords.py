"""The hasher for passwords that everybody may know."""

from django.contrib.auth.hashers import check_password, identify_hasher

from linli.config.passwords import PublishedPasswordHasher


def cheap() -> str:
    hasher = PublishedPasswordHasher()
    return hasher.encode("linli-demo", hasher.salt())


def test_what_it_wrote_is_read_by_the_products_own():
    assert (check_password("linli-demo", cheap()), check_password("linli-dem0", cheap())) == (True, False)


def test_the_products_own_hashes_it_anew_at_the_first_log_in():
    assert identify_hasher(cheap()).must_update(cheap())
