"""The hashers: of a password that is one however it is typed, and of those that everybody may know."""

import unicodedata

import argon2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password

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


SHORT, LONG = (unicodedata.normalize(form, "café über 2026") for form in ("NFC", "NFD"))


@pytest.mark.parametrize("kept", [SHORT, LONG])
@pytest.mark.parametrize("typed", [SHORT, LONG, SHORT.replace(" ", "\u3000"), LONG.replace(" ", "\u00a0")])
def test_a_password_is_one_however_a_keyboard_writes_it(kept: str, typed: str) -> None:
    """Set at a Mac and typed at the office it was refused, and no one could say why."""
    assert check_password(typed, make_password(kept))


@pytest.mark.parametrize("typed", ["cafe über 2026", "CAFÉ ÜBER 2026", "ｃafé über 2026", "café über 2026 "])
def test_nothing_else_of_it_is_changed(typed: str) -> None:
    assert not check_password(typed, make_password(SHORT))


def test_what_was_kept_as_it_was_typed_is_known_as_it_is_typed() -> None:
    before = Argon2PasswordHasher()

    assert check_password(LONG, before.encode(LONG, before.salt()))


@pytest.mark.parametrize("typed", [SHORT, LONG, "linli-2026-demo"])
def test_a_name_that_nobody_has_is_refused_after_as_much_work(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For such a name what was typed is encoded, for others it is verified."""
    kept, hashed = make_password("another one 2026"), []
    library = argon2.low_level.hash_secret

    def count(secret: bytes, *arguments: object, **options: object) -> bytes:
        hashed.append(secret)
        return library(secret, *arguments, **options)

    checked = argon2.PasswordHasher.verify

    def count_checked(self: argon2.PasswordHasher, kept: str, secret: str) -> bool:
        hashed.append(secret.encode())
        return checked(self, kept, secret)

    monkeypatch.setattr(argon2.low_level, "hash_secret", count)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", count_checked)
    check_password(typed, kept)
    known, nobody = list(hashed), make_password(typed)

    assert nobody
    assert len(hashed) == 2 * len(known)
    assert len(known) == len({typed, SHORT if typed == LONG else typed})
