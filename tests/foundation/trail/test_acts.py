"""One act = one function = one transaction, once per key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import sleep

import pytest
from django.db import IntegrityError, connection, transaction

from linli.foundation.data.scope import Stamp
from linli.foundation.trail import audit
from linli.foundation.trail.acts import (
    ActAltered,
    ActKeyReused,
    ActMisused,
    ActRepeated,
    OpenAct,
    act,
    act_name,
    open_act,
    within_act,
)
from linli.foundation.trail.models import ActKey, AuditEntry
from linli.ground.areas.models import Area
from linli.ground.users.models import User
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from tests.conftest import MONDAY, at
from tests.foundation.trail.threads import in_threads

PLACE = Stamp(1, 2, 3)


def deed(key: str = "", by=SYSTEM) -> Act:
    return Act(by, at(MONDAY), key)


@act
def add_area(act: Act, *, code: str) -> Area:
    area = Area.objects.create(code=code, kind="GRID", name=code)
    audit.record(act, where=PLACE, subject=f"area:{code}")
    return area


@act
def add_another(act: Act) -> None:
    audit.record(act, where=PLACE, subject="another")


@act
def forget_the_audit(act: Act) -> None:
    Area.objects.create(code="forgotten", kind="GRID", name="x")


@act
def fail_at_the_end(act: Act) -> None:
    Area.objects.create(code="half", kind="GRID", name="x")
    audit.record(act, where=PLACE, subject="half")
    raise RuntimeError("the power went")


@act
def nest(act: Act) -> None:
    add_another(act)


@within_act
def help_out(act: Act) -> str:
    return open_act().name


@act
def be_helped(act: Act) -> str:
    audit.record(act, where=PLACE, subject="helped")
    return help_out(act)


@act
def be_helped_with_another(act: Act, *, other: Act) -> str:
    return help_out(other)


@act
def give(act: Act, *, gift: object) -> object:
    audit.record(act, where=PLACE, subject="gift")
    return gift


def outcome_of(key: str) -> str:
    return ActKey.objects.values_list("outcome", flat=True).get(key=key)


class TestAct:
    def test_takes_effect_with_its_entry(self, db):
        add_area(deed(), code="A")

        assert list(AuditEntry.objects.values_list("act", "subject")) == [("tests.add_area", "area:A")]

    def test_refuses_to_run_inside_another(self, db):
        with pytest.raises(ActMisused, match=r"tests\.add_another was called inside another act"):
            nest(deed())

    def test_refuses_to_run_inside_a_transaction_of_somebody_else(self, committed_database):
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            add_area(deed(), code="A")

        assert not AuditEntry.objects.exists()
        assert not Area.objects.exists()

    def test_without_audit_entry_leaves_nothing(self, db):
        with pytest.raises(ActMisused, match=r"tests\.forget_the_audit left no audit entry"):
            forget_the_audit(deed())

        assert not Area.objects.filter(code="forgotten").exists()

    def test_that_fails_leaves_neither_effect_nor_entry(self, db):
        with pytest.raises(RuntimeError, match="the power went"):
            fail_at_the_end(deed("K1"))

        assert (Area.objects.count(), AuditEntry.objects.count(), ActKey.objects.count()) == (0, 0, 0)

    def test_that_failed_can_be_tried_again(self, db):
        with pytest.raises(RuntimeError, match="the power went"):
            fail_at_the_end(deed("K1"))

        assert add_area(deed("K1"), code="A").pk is not None

    def test_is_over_after_it_failed(self, db):
        with pytest.raises(RuntimeError, match="the power went"):
            fail_at_the_end(deed())

        with pytest.raises(ActMisused, match="no act is open"):
            open_act()


class TestKey:
    def test_repeated_does_nothing_and_tells_the_first_outcome(self, db):
        area = add_area(deed("K1"), code="A")

        with pytest.raises(ActRepeated) as refusal:
            add_area(deed("K1"), code="B")

        assert (refusal.value.outcome, Area.objects.count()) == (str(area.pk), 1)

    def test_of_a_form_that_says_something_else_now_is_refused(self, db):
        add_area(Act(SYSTEM, at(MONDAY), "K1", said="a"), code="A")

        with pytest.raises(ActAltered):
            add_area(Act(SYSTEM, at(MONDAY), "K1", said="b"), code="B")
        with pytest.raises(ActRepeated):
            add_area(Act(SYSTEM, at(MONDAY), "K1", said="a"), code="A")

        assert Area.objects.count() == 1

    def test_of_another_act_is_refused(self, db):
        add_area(deed("K1"), code="A")

        with pytest.raises(ActKeyReused):
            add_another(deed("K1"))

    def test_of_another_person_is_refused(self, db):
        add_area(deed("K1"), code="A")
        somebody = User.objects.create(username="somebody", name="某人")

        with pytest.raises(ActKeyReused):
            add_area(deed("K1", by=somebody), code="B")

    def test_empty_never_repeats(self, db):
        add_area(deed(), code="A")
        add_area(deed(), code="B")

        assert Area.objects.count() == 2

    @pytest.mark.parametrize(
        ("gift", "outcome"),
        [
            # A text may be what is sealed everywhere else.
            ("6222000011112222", "null"),
            (b"6222000011112222", "null"),
            (7, "7"),
            (None, "null"),
            ([1, ["a", 2]], "[1,[null,2]]"),
            (object(), "null"),
        ],
    )
    def test_keeps_what_the_act_returned(self, db, gift, outcome):
        give(deed("K1"), gift=gift)

        assert outcome_of("K1") == outcome

    def test_keeps_the_keys_of_rows(self, db):
        rows = [Area.objects.create(code=code, kind="GRID", name=code) for code in "AB"]
        give(deed("K1"), gift=rows)

        assert outcome_of("K1") == f"[{rows[0].pk},{rows[1].pk}]"

    def test_fifty_identical_calls_have_one_effect(self, committed_database):
        def call(_number: int) -> str:
            try:
                add_area(deed("K1"), code="A")
            except ActRepeated as refusal:
                return f"repeated {refusal.outcome}"
            return "done"

        answers = Counter(in_threads(50, call))

        assert answers == {"done": 1, f"repeated {Area.objects.get().pk}": 49}

    def test_fifty_identical_calls_leave_one_entry(self, committed_database):
        def call(_number: int) -> None:
            try:
                add_area(deed("K1"), code="A")
            except ActRepeated:
                return

        in_threads(50, call)

        assert AuditEntry.objects.count() == 1

    def test_row_names_its_act(self, db):
        add_another(deed("K1"))

        assert str(ActKey.objects.get()) == "K1 tests.add_another"


@act
def rename_both(act: Act, *, first: str, second: str) -> None:
    """Two rows, one after the other; the other act takes them the other way round."""
    for code in (first, second):
        Area.objects.filter(code=code).update(name=code)
        if connection.vendor == "postgresql":
            sleep(0.2)
    audit.record(act, where=PLACE, subject=f"area:{first}")


class TakenError(DomainError):
    """The act's own words for what a rule of the tables says too."""


@act
def add_once(act: Act, *, code: str) -> None:
    """Looks whether the place is free, as acts do, and takes it a little later."""
    if Area.objects.filter(code=code).exists():
        raise TakenError
    if connection.vendor == "postgresql":
        sleep(0.2)
    Area.objects.create(code=code, kind="GRID", name=code)
    audit.record(act, where=PLACE, subject=f"area:{code}")


class TestTwoAtOnce:
    """One of two acts that are in each other's way is done again, and nobody is shown a crash."""

    def test_that_wait_for_each_other_both_take_effect(self, committed_database):
        for code in ("A", "B"):
            add_area(deed(), code=code)

        in_threads(2, lambda n: rename_both(deed(), first="AB"[n], second="BA"[n]))

        assert AuditEntry.objects.filter(act__endswith="rename_both").count() == 2

    def test_that_find_one_place_free_the_second_says_so_in_its_own_words(self, committed_database):
        def call(_number: int) -> str:
            try:
                add_once(deed(), code="A")
            except TakenError:
                return "taken"
            return "done"

        assert Counter(in_threads(4, call)) == {"done": 1, "taken": 3}

    def test_a_rule_that_is_broken_each_time_is_a_crash(self, committed_database):
        add_area(deed(), code="A")

        with pytest.raises(IntegrityError):
            add_area(deed(), code="A")


class TestWithinAct:
    def test_helps_the_act_that_is_open(self, db):
        assert be_helped(deed()) == "tests.be_helped"

    def test_refuses_to_help_outside_an_act(self, db):
        with pytest.raises(ActMisused, match="no act is open"):
            help_out(deed())

    def test_refuses_another_act_than_the_open_one(self, db):
        with pytest.raises(ActMisused, match="another act than the open one"):
            be_helped_with_another(deed(), other=deed())


class TestActName:
    def test_is_the_room_and_the_verb(self):
        from linli.ground.areas.operations import add_areas

        assert act_name(add_areas) == "areas.add_areas"

    def test_outside_a_room_is_the_first_part(self):
        from os.path import join

        assert act_name(join) == "posixpath.join"


class TestOpenAct:
    def test_begins_without_entry_and_without_money(self):
        running = OpenAct(deed(), "tests.x")

        assert (running.entries, running.money) == ([], [])


@dataclass(frozen=True)
class Letter:
    name: str
    lines: tuple[str, ...]
    copies: int = 1


@act
def write(act: Act, *, letters: Sequence[Letter], reason: str, password: str, notes: Mapping[str, object]) -> None:
    audit.record(act, where=PLACE, subject="letter", note={"reason": reason})
    SEEN.append((letters, reason, password, notes))


SEEN: list[tuple[object, ...]] = []


@pytest.mark.django_db
class TestSpelling:
    def test_texts_get_their_one_spelling_however_deep_they_stand(self):
        SEEN.clear()
        letters = [Letter("张　三", ("\u200b第一行", "第　二"))]

        notes = {"name": "李 四", "more": ["　五"]}
        write(deed(), letters=letters, reason=" 补\ufeff录 ", password=" a　b ", notes=notes)

        assert [
            ([Letter("张三", ("第一行", "第 二"))], "补录", " a　b ", {"name": "李四", "more": ["五"]}),
        ] == SEEN

    def test_what_was_handed_in_is_not_altered(self):
        letters = [Letter("张　三", ())]

        write(deed(), letters=letters, reason="x", password="", notes={})

        assert letters == [Letter("张　三", ())]

    def test_what_needs_nothing_is_handed_on_itself(self):
        SEEN.clear()
        letters = [Letter("张三", ("第一行",))]

        write(deed(), letters=letters, reason="x", password="", notes={})

        assert SEEN[0][0] is letters
