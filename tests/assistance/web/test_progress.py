"""办件进度: the stage and nothing else, to who knows the number and four signs; guessing finds nothing and is seen."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import accept, look_up
from linli.aid.assistance.web.views import progress as views
from linli.foundation.trail.models import AuditEntry
from linli.foundation.trail.tries import Try
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import SYSTEM, Act
from tests.assistance.web.reading import address, errors, main
from tests.assistance.world import World
from tests.conftest import MONDAY, at

UNKNOWN = "JZ-2026-9999"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def digits(world: World, received: Application) -> str:
    """The last four signs of the applicant's identity number."""
    from linli.foundation.data.crypto import open_sealed

    person = received.applicant
    return open_sealed(person.id_number_envelope, aad=person.id_number_aad)[-4:]


def ask(number: str, digits: str, **more: object) -> object:
    return Client().post(address("progress"), {"number": number, "digits": digits}, **more)  # type: ignore[arg-type]  # headers


def same(response: object) -> tuple[int, bytes, list[str]]:
    """All that tells an answer from another, but the token of its form and the number of its request."""
    heads = [f"{name}: {value}" for name, value in response.items() if name != "X-Request-Id"]  # type: ignore[attr-defined]  # a response
    return response.status_code, TOKEN.sub(b"", response.content), heads  # type: ignore[attr-defined]  # a response


def another(digits: str) -> str:
    """Four signs that are not these."""
    return f"{(int(digits[:3]) + 1) % 1000:03}{digits[3]}"


def guess(case: Application, digits: str, times: int, *, place: str = "127.0.0.1") -> int:
    """Wrong signs from a place; the status of the last answer."""
    return [ask(case.number, another(digits), REMOTE_ADDR=place).status_code for _try in range(times)][-1]  # type: ignore[attr-defined]  # a response


class TestWhoKnows:
    def test_sees_the_stage_since_when_and_until_when(self, received: Application, digits: str) -> None:
        page = ask(received.number, digits)
        words = main(page)

        assert page.status_code == 200  # type: ignore[attr-defined]  # a response
        assert "现在 受理" in words
        assert "提交申请 已完成" in words
        assert f"自何时 {MONDAY.year}年{MONDAY.month}月{MONDAY.day}日" in words
        assert "最迟答复 2026年" in words

    def test_may_type_small_letters(self, received: Application, digits: str) -> None:
        assert ask(received.number.lower(), digits.lower()).status_code == 200  # type: ignore[attr-defined]  # a response

    def test_sees_the_next_stage_after_each_step(self, world: World, received: Application, digits: str) -> None:
        accept(world.act(world.staff.clerk), application_ids=[received.pk])

        assert "现在 入户调查" in main(ask(received.number, digits))

    def test_sees_no_name_and_no_amount(self, received: Application, digits: str) -> None:
        page = ask(received.number, digits).content.decode()  # type: ignore[attr-defined]  # a response

        assert received.applicant.name not in page
        assert "¥" not in page
        assert [word for word in ("低收入", "孤寡") if word in page] == []

    def test_leaves_a_line_in_the_community_s_trail(self, received: Application, digits: str) -> None:
        ask(received.number, digits)

        entry = AuditEntry.objects.latest("pk")
        assert (entry.chain, entry.act, entry.subject, entry.actor_id) == (
            received.community_id,
            "assistance.look_up",
            f"application:{received.number}",
            0,
        )

    def test_the_page_is_kept_by_nobody(self, received: Application, digits: str) -> None:
        assert ask(received.number, digits)["Cache-Control"] == "no-store"  # type: ignore[index]  # a response


def test_how_many_papers_are_missing_and_until_when(world: World, incomplete: Application) -> None:
    from linli.aid.assistance.operations import ask_for_supplement
    from linli.aid.assistance.queries.deadlines import progress

    ask_for_supplement(world.act(world.staff.clerk), application_id=incomplete.pk)

    found = progress(incomplete.number)
    assert (found.passed, found.papers, found.due) == (1, 1, None)
    assert found.bring_by is not None


def test_the_telephone_counts_where_there_is_no_identity_number(received: Application) -> None:
    from linli.foundation.data.crypto import seal
    from linli.registry.residents.models import Resident
    from linli.registry.residents.queries import ends_in

    person = received.applicant
    Resident.objects.filter(pk=person.pk).update(
        id_number_envelope="", id_number_index=None, phone_envelope=seal("13800001234", aad=person.phone_aad)
    )

    assert ends_in(person.pk, "1234")
    assert not ends_in(person.pk, "1235")
    assert not ends_in(0, "1234")


class TestWhoGuesses:
    def test_an_unknown_number_and_wrong_signs_are_answered_alike(self, received: Application, digits: str) -> None:
        assert same(ask(received.number, another(digits))) == same(ask(UNKNOWN, digits))
        assert same(ask(UNKNOWN, digits))[0] == 422

    def test_a_thousand_guesses_find_nothing_and_each_is_seen(self, received: Application, digits: str) -> None:
        guesses = [f"{number:04}" for number in range(1001) if f"{number:04}" != digits][:1000]

        found = [one for one in guesses if look_up(Act(SYSTEM, at(MONDAY)), number=received.number, digits=one)]

        assert found == []
        seen = AuditEntry.objects.filter(chain=received.community_id, subject=f"guess:{received.number}")
        assert seen.count() == 1000

    def test_the_sixth_try_of_a_number_waits_even_when_it_is_right(self, received: Application, digits: str) -> None:
        answers = [ask(received.number, another(digits)).status_code for _try in range(5)]  # type: ignore[attr-defined]  # a response
        known, unknown = ask(received.number, digits), [ask(UNKNOWN, digits) for _try in range(6)][-1]

        assert answers == [422] * 5
        assert known.status_code == 429  # type: ignore[attr-defined]  # a response
        assert same(known) == same(unknown)

    def test_one_address_may_not_try_number_after_number(self, received: Application, digits: str) -> None:
        answers = [ask(f"JZ-2026-{n:04}", "0000").status_code for n in range(5000, 5031)]  # type: ignore[attr-defined]  # a response

        assert answers == [422] * 30 + [429]
        assert ask(received.number, digits, REMOTE_ADDR="127.0.0.2").status_code == 200  # type: ignore[attr-defined]  # a response

    def test_a_stranger_elsewhere_stops_nobody(self, received: Application, digits: str) -> None:
        """Before, one computer used up the twenty tries of a day that a number had, for every number."""
        assert guess(received, digits, 200, place="203.0.113.7") == 429

        assert ask(received.number, digits).status_code == 200  # type: ignore[attr-defined]  # a response

    def test_strangers_in_many_places_stop_nobody_who_has_not_failed(self, received: Application, digits: str) -> None:
        for place in range(20):
            guess(received, digits, 5, place=f"203.0.113.{place}")

        assert [
            guess(received, digits, 1, place="203.0.113.19"),
            guess(received, digits, 1, place="203.0.113.200"),
            guess(received, digits, 1, place="203.0.113.200"),
        ] == [429, 422, 429]
        assert [ask(received.number, digits).status_code for _try in range(3)] == [200, 200, 200]  # type: ignore[attr-defined]  # a response

    def test_however_many_places_guess_each_has_one_guess_when_the_number_s_are_spent(
        self, received: Application, digits: str
    ) -> None:
        for place in range(4):
            for _quarter in range(2):
                guess(received, digits, 5, place=f"203.0.113.{place}")
                Try.objects.exclude(moments="").delete()  # a quarter of an hour later

        answers = [guess(received, digits, 1, place=f"198.51.100.{place}") for place in range(50) for _try in range(5)]

        assert answers.count(422) == 50

    def test_who_has_a_network_has_few_guesses_of_all_its_lines(self, received: Application, digits: str) -> None:
        """One customer has 65536 lines: each of them would be a place, and there are ten thousand endings."""
        for place in range(40):
            guess(received, digits, 1, place=f"203.0.113.{place}")

        answers = [guess(received, digits, 1, place=f"2001:db8:1:{line:x}::1") for line in range(40)]

        assert answers == [422] * 16 + [429] * 24
        assert ask(received.number, digits, REMOTE_ADDR="2001:db8:2::1").status_code == 200  # type: ignore[attr-defined]  # a response

    def test_a_place_has_ten_guesses_of_a_number_a_day(
        self, received: Application, digits: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = []
        for quarter in range(4):
            moment = at(MONDAY) + timedelta(minutes=15 * quarter)
            monkeypatch.setattr(views, "now", lambda moment=moment: moment)
            answers += [guess(received, digits, 1) for _try in range(5)]

        assert answers == [422] * 10 + [429] * 10

    def test_what_was_right_counts_for_nothing(self, received: Application, digits: str) -> None:
        answers = [ask(received.number, digits).status_code for _try in range(40)]  # type: ignore[attr-defined]  # a response

        assert answers == [200] * 40
        assert [guess(received, digits, 5), guess(received, digits, 1)] == [422, 429]

    def test_a_form_that_cannot_be_one_is_told_by_its_fields(self, db: None) -> None:
        assert errors(ask("13800001234", "12")) == ["number", "digits"]

    def test_only_the_product_asks_for_a_stranger(self, world: World, received: Application, digits: str) -> None:
        with pytest.raises(NotPermitted):
            look_up(world.act(world.staff.clerk), number=received.number, digits=digits)
