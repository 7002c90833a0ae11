"""What was kept elsewhere shows that the end of the trail was cut off, or that all of it was computed anew."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from linli.config.cli_audit import BROKEN, WHOLE, run_verify
from linli.foundation.trail import chain, heads, signing
from linli.foundation.trail.audit import seal_days, verify
from linli.foundation.trail.chain import DaySealed
from linli.foundation.trail.heads import HeadUnreadable
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.kernel.act import SYSTEM, Act
from linli.kernel.canonical import canonical_json
from tests.conftest import MONDAY, at
from tests.foundation.trail.test_audit import note_down

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def on(day: date) -> Act:
    return Act(SYSTEM, at(day))


@pytest.fixture
def trail(db: None) -> None:
    """Monday and Tuesday are sealed, Wednesday is not over; two areas."""
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        note_down(on(day), subject=f"case:{day}", where=3)
        note_down(on(day), subject=f"case:{day}", where=4)
        seal_days(Act(SYSTEM, at(day + timedelta(days=1), 1)), before=day + timedelta(days=1)) if day < WEDNESDAY else 0


def behind_the_products_back(*statements: str) -> None:
    with connection.cursor() as cursor:
        for table in ("foundation_auditentry", "foundation_auditseal"):
            for word in ("update", "delete"):
                on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{word}"{on_table}')
        for statement in statements:
            cursor.execute(statement)


def kept() -> str:
    return json.dumps(heads.newest())


def found(text: str) -> list[str]:
    return [f"{one.chain} {one.what}" for one in heads.compare(text)]


CUT = {
    "the last day": [f"DELETE FROM foundation_auditentry WHERE day >= '{WEDNESDAY}'"],
    "the last seals with their day": [
        f"DELETE FROM foundation_auditentry WHERE day >= '{TUESDAY}'",
        f"DELETE FROM foundation_auditseal WHERE day >= '{TUESDAY}'",
    ],
    "all seals": ["DELETE FROM foundation_auditseal"],
    "the unsealed day of one area": [f"DELETE FROM foundation_auditentry WHERE day = '{WEDNESDAY}' AND chain = 4"],
}


def test_nothing_is_found_while_the_trail_goes_on(trail: None) -> None:
    head = kept()
    note_down(on(WEDNESDAY), subject="case:later", where=3)
    seal_days(Act(SYSTEM, at(WEDNESDAY + timedelta(days=1), 1)), before=WEDNESDAY + timedelta(days=1))

    assert (found(head), verify()) == ([], [])


@pytest.mark.parametrize("what", CUT)
def test_a_cut_is_found_by_the_head_alone(trail: None, what: str) -> None:
    head = kept()
    behind_the_products_back(*CUT[what])

    assert verify() == []
    assert found(head) != []


def test_the_seals_code_as_printed_is_enough_for_what_was_sealed(trail: None) -> None:
    printed = AuditSeal.objects.latest("seq").mac
    in_groups = " ".join(printed[at : at + 8] for at in range(0, 64, 8))
    assert (found(printed), found(in_groups), found(f"{in_groups[:36]}\n{in_groups[36:].upper()}")) == ([], [], [])
    behind_the_products_back(*CUT["the last seals with their day"])

    for text in (f"  {printed}\n", in_groups):
        assert found(text) == ["0 the seal of the head is not in the trail: its end was cut off or computed anew"]


def computed_anew() -> None:
    """Every code of the trail, by somebody who holds the database and keys.json."""
    first = "(SELECT min(id) FROM foundation_auditentry)"
    behind_the_products_back(f"UPDATE foundation_auditentry SET subject = 'case:none' WHERE id = {first}")
    lasts: dict[tuple[int, date], AuditEntry] = {}
    for entry in AuditEntry.objects.order_by("chain", "day", "seq"):
        before = lasts.get((entry.chain, entry.day))
        entry.mac = chain.entry_mac(entry, before.mac if before else chain.genesis(entry.chain, entry.day))
        entry.save()
        lasts[entry.chain, entry.day] = entry
    previous = chain.genesis(0, date.min)
    for seal in AuditSeal.objects.order_by("seq"):
        seal.head = lasts[seal.chain, seal.day].mac
        previous = seal.mac = chain.seal_mac(seal, previous)
        seal.save()


def test_who_computes_all_of_it_anew_cannot_sign_it(trail: None) -> None:
    computed_anew()
    assert [one.what for one in verify()] == ["the newest seal is not signed by this installation"]


def test_who_takes_the_signature_off_is_told(trail: None) -> None:
    behind_the_products_back("UPDATE foundation_auditseal SET signature = ''")
    assert [one.what for one in verify()] == ["the newest seal is not signed by this installation"]


def test_who_signs_with_a_key_of_his_own_is_told_by_the_head(trail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    head = kept()
    monkeypatch.setattr(signing, "_FOR_TESTS", b"x" * 32)
    computed_anew()
    newest = AuditSeal.objects.latest("seq")
    newest.signature = signing.sign(chain.seal_text(newest))
    newest.save()

    assert verify() == []
    assert found(head) != []


@pytest.mark.parametrize("text", ["", "abc", "{}", "[1]", "null", "f" * 63, '{"key": "x", "open": [], "seal": null}'])
def test_what_is_no_head_is_not_read(trail: None, text: str) -> None:
    with pytest.raises(HeadUnreadable):
        heads.compare(text)


@pytest.mark.parametrize("said", [{"seal": {"day": "x", "mac": "y"}}, {"open": [[1, 2]]}, {"open": 7}, {"seal": 7}])
def test_nor_is_what_somebody_signed_themselves(trail: None, said: dict[str, object]) -> None:
    whole = {"key": signing.own_key(), "open": [], "seal": None, **said}
    with pytest.raises(HeadUnreadable):
        heads.compare(json.dumps({**whole, "signature": signing.sign(canonical_json(whole))}))


def test_a_head_that_was_changed_is_not_read(trail: None) -> None:
    head = json.loads(kept())
    head["open"] = []
    with pytest.raises(HeadUnreadable, match="signature"):
        heads.compare(json.dumps(head))


def test_the_command_compares(trail: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "head.json"
    file.write_text(kept())
    assert run_verify(as_json=False, head=file) == WHOLE
    behind_the_products_back(*CUT["the unsealed day of one area"])

    assert run_verify(as_json=False, head=file) == BROKEN
    assert f"audit.cut area 4, {WEDNESDAY}: entry 1 of the head is not in the trail" in capsys.readouterr().out


def test_the_command_says_what_it_cannot_read(trail: None, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read as a head"):
        run_verify(as_json=False, head=tmp_path / "nowhere.json")


class TestDropping:
    def test_a_head_is_dropped_and_sent_where_it_is_set_up(self, trail, settings, tmp_path):
        settings.HEADS, settings.HEAD_MAIL = str(tmp_path), ["audit@example.org"]
        file = heads.drop(at(WEDNESDAY, 12))

        assert file == tmp_path / "linli-head-20260311-120000.json"
        assert (found(file.read_text()), [one.to for one in mail.outbox]) == ([], [["audit@example.org"]])
        assert found(mail.outbox[0].body) == []

    def test_the_same_head_is_kept_once(self, trail, settings, tmp_path):
        settings.HEADS = str(tmp_path)
        first = heads.drop(at(WEDNESDAY, 12))

        assert heads.drop(at(WEDNESDAY, 13)) == first
        note_down(on(WEDNESDAY), subject="case:later", where=3)
        assert heads.drop(at(WEDNESDAY, 14)) != first
        assert len(list(tmp_path.iterdir())) == 2

    def test_nothing_is_written_where_nothing_is_set_up(self, trail):
        assert heads.drop(at(WEDNESDAY, 12)) is None


class TestDays:
    def test_a_sealed_day_takes_no_entry_of_an_area_that_had_none(self, trail):
        with pytest.raises(DaySealed):
            note_down(on(TUESDAY), subject="case:late", where=9)

    def test_nor_does_a_day_before_a_sealed_one(self, trail):
        with pytest.raises(DaySealed):
            note_down(on(MONDAY - timedelta(days=30)), subject="case:late", where=9)


class TestKeys:
    @pytest.fixture
    def own(self, settings, tmp_path):
        settings.TESTING, settings.SEAL_KEY = False, str(tmp_path / "apart" / "seal.key")
        return tmp_path / "apart" / "seal.key"

    def test_the_key_is_made_once_and_readable_by_its_owner_alone(self, own):
        assert signing.public_keys() == []
        signature = signing.sign("x")

        assert (signing.sign("x"), signing.is_signed("x", signature)) == (signature, True)
        assert own.stat().st_mode & 0o777 == 0o600
        assert len(signing.public_keys()) == 1

    def test_the_first_head_names_the_key_that_signs_it(self, own, db):
        head = heads.newest()
        assert (head["key"], heads.compare(json.dumps(head))) == (signing.public_keys()[-1], [])

    def test_an_older_key_answers_for_what_it_signed(self, own):
        signature = signing.sign("x")
        own.rename(own.with_name("old.key"))
        newer = signing.sign("x")

        assert (signing.is_signed("x", signature), signing.is_signed("x", newer), newer != signature) == (True,) * 3
        assert len(signing.public_keys()) == 2

    @pytest.mark.parametrize("signature", ["", "zz", "00", "0" * 128])
    def test_what_is_no_signature_signs_nothing(self, own, signature):
        signing.sign("x")
        assert not signing.is_signed("x", signature)
