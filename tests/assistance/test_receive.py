"""An application comes in: at the counter or from the family's own account."""

from dataclasses import replace
from datetime import date

import pytest

from linli.aid.assistance.codes import Channel, PaperState
from linli.aid.assistance.models import Application, ApplicationEvent, Clock, Paper
from linli.aid.assistance.operations import NewApplication, PaperRecord, ask_for_supplement, receive, withdraw
from linli.aid.assistance.operations.apply import (
    ApplicantNotMember,
    ApplicationOpen,
    GroupsMissing,
    GroupUnknown,
    IdentificationUnknown,
    ProxyUnknown,
)
from linli.aid.assistance.operations.common import ApplicationNotFound, TextTooLong
from linli.aid.assistance.operations.papers import PaperNeedsOffice, PaperNotDemanded
from linli.foundation.data import locks
from linli.foundation.data.locks import LockSpace
from linli.foundation.files.uploads import store
from linli.foundation.trail.acts import ActRepeated
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.steps import OwnFamily
from linli.law.policies.queries import PackNotInForce
from linli.registry.residents.codes import GuardianshipKind, KinRelation, Relation
from linli.registry.residents.operations import add_guardian, add_kinship, leave, link_account
from tests.assistance.world import LONE_ELDER, LOW_INCOME, SCHEME, UNEMPLOYED, World, not_refused
from tests.conftest import MONDAY, at, system_act
from tests.foundation.files.builders import png
from tests.locking import named_locks
from tests.residents.people import person


def take(world: World, *applications: NewApplication, day: date = MONDAY, who: User | None = None) -> list[Application]:
    return receive(world.act(who or world.staff.clerk, day), scheme=SCHEME, applications=applications)


class TestOwnFamily:
    """Whoever works here asks for their own household as everybody does, and takes no relative's application."""

    def test_no_relatives_application_is_received(self, world: World) -> None:
        family = world.family()
        own = world.people(world.family())[0]
        clerk = world.act(world.staff.clerk)
        add_kinship(clerk, a_id=world.people(family)[0].pk, b_id=own.pk, relation=KinRelation.CHILD)
        link_account(world.act(world.staff.administrator), user_id=world.staff.clerk.pk, resident_id=own.pk)
        with pytest.raises(OwnFamily, match=family.number):
            world.received(household=family)

    def test_for_the_own_household_they_are_applicants(self, world: World) -> None:
        family = world.family()
        own = world.people(family)[0]
        link_account(world.act(world.staff.administrator), user_id=world.staff.clerk.pk, resident_id=own.pk)
        [application] = take(world, replace(world.new(family), papers=()))
        with pytest.raises(OwnFamily):
            ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)


class TestReceive:
    def test_gives_numbers_and_starts_the_clock_of_five_working_days(self, world: World) -> None:
        first, second = take(world, world.new(world.family()), world.new(world.family()))

        assert (first.number, second.number) == ("JZ-2026-0001", "JZ-2026-0002")
        clock = Clock.objects.get(application=first)
        # Received on Monday the 9th: day 1 is Tuesday, day 5 the next Monday.
        assert (clock.kind, clock.due_date, clock.provisional) == ("INTAKE", date(2026, 3, 16), False)

    def test_lets_nobody_else_receive_from_these_families_meanwhile(self, world: World) -> None:
        families = [world.family(), world.family()]

        taken = named_locks(lambda: take(world, *(world.new(family) for family in families)))

        assert taken == {(LockSpace.APPLICATIONS, family.pk % locks._GATHERED) for family in families}

    def test_counts_make_up_days_and_holidays(self, world: World) -> None:
        # 14 February 2026 is a Saturday that is worked, 16 to 23 February is the Spring Festival.
        [application] = take(world, world.new(world.family(), papers=()), day=date(2026, 2, 13))

        assert Clock.objects.get(application=application).due_date == date(2026, 2, 27)

    def test_a_year_not_published_never_stops_intake(self, world: World) -> None:
        [application] = take(world, world.new(world.family()), day=date(2026, 12, 30))

        clock = Clock.objects.get(application=application)
        assert (clock.due_date, clock.provisional) == (date(2027, 1, 6), True)

    def test_demands_base_and_group_papers_and_says_because_of_what(self, world: World) -> None:
        [application] = take(world, world.new(world.family(), LOW_INCOME, papers=()))

        papers = dict(Paper.objects.filter(application=application).values_list("code", "because_of"))
        assert papers == {
            "IDENTITY_CARD": "BASE",
            "HOUSEHOLD_REGISTER": "BASE",
            "PAYEE_ACCOUNT": "BASE",
            "DATA_CHECK_AUTHORISATION": "BASE",
            "LOW_INCOME_CERTIFICATE": "LOW_INCOME",
        }

    def test_papers_not_named_are_missing(self, world: World) -> None:
        [application] = take(world, world.new(world.family(), papers=()))

        assert set(application.papers.values_list("state", flat=True)) == {"MISSING"}

    def test_a_proxy_brings_an_authorisation(self, world: World) -> None:
        helper = world.people(world.family())[0]

        [application] = take(world, world.new(world.family(), papers=(), proxy_id=helper.pk))

        assert application.papers.filter(code="PROXY_AUTHORISATION", because_of="PROXY").exists()

    def test_groups_are_kept_in_the_packs_order(self, world: World) -> None:
        [application] = take(world, world.new(world.family(), UNEMPLOYED, LOW_INCOME))

        assert application.group_codes == [LOW_INCOME, UNEMPLOYED]

    def test_leaves_one_audit_entry_and_a_line_of_the_timeline(self, world: World) -> None:
        take(world, world.new(world.family()), world.new(world.family()))

        entry = AuditEntry.objects.get(act="assistance.receive")
        assert (entry.subject, entry.lines_count) == ("application:JZ-2026-0001+1", 2)
        assert ApplicationEvent.objects.filter(kind="RECEIVED").count() == 2

    def test_the_same_key_takes_effect_once(self, world: World) -> None:
        new = world.new(world.family())
        act = Act(world.staff.clerk, at(MONDAY), "0" * 32)
        receive(act, scheme=SCHEME, applications=[new])

        with pytest.raises(ActRepeated):
            receive(act, scheme=SCHEME, applications=[new])

        assert Application.objects.count() == 1

    def test_a_place_and_moment_of_its_own(self, world: World) -> None:
        [application] = take(world, world.new(world.family()))

        assert str(application) == application.number
        assert application.community_id == world.community.community.pk
        assert application.received_date == MONDAY


class TestReceiveRefuses:
    def test_everybody_but_workers_of_the_place(self, world: World) -> None:
        new = world.new(world.family())

        def deed(act: Act) -> object:
            return receive(act, scheme=SCHEME, applications=[new])

        assert not_refused(world, deed, allowed="clerk social_worker") == []

    def test_an_empty_set(self, world: World) -> None:
        with pytest.raises(ApplicationNotFound):
            take(world)

    def test_a_household_that_is_not_there_like_one_that_is_not_yours(self, world: World) -> None:
        new = replace(world.new(world.family()), household_id=0)

        with pytest.raises(NotPermitted):
            take(world, new)

    @pytest.mark.parametrize(
        ("change", "refusal", "field"),
        [
            ({"groups": ()}, GroupsMissing, "groups"),
            ({"groups": ("NOBLE",)}, GroupUnknown, "groups"),
            ({"identified_how": "RUMOUR"}, IdentificationUnknown, "identified_how"),
            ({"identified_by": "社" * 61}, TextTooLong, "identified_by"),
            ({"proxy_id": 0}, ProxyUnknown, "proxy"),
            ({"applicant_id": 0}, ApplicantNotMember, "applicant"),
            ({"papers": (PaperRecord("UNEMPLOYMENT_CERTIFICATE", PaperState.PRESENT),)}, PaperNotDemanded, "papers"),
            ({"papers": (PaperRecord("LUCKY_CHARM", PaperState.PRESENT),)}, PaperNotDemanded, "LUCKY_CHARM"),
        ],
    )
    def test_a_form_that_is_wrong_by_the_field(
        self, world: World, change: dict[str, object], refusal: type[Exception], field: str
    ) -> None:
        new = replace(world.new(world.family()), **change)  # type: ignore[arg-type]  # one field at a time

        with pytest.raises(refusal) as caught:
            take(world, new)

        assert caught.value.field == field  # type: ignore[attr-defined]  # a DomainError
        assert not Application.objects.exists()

    def test_somebody_who_has_left_the_household(self, world: World) -> None:
        wife = person("李秀英", Relation.SPOUSE, date(1953, 8, 12), male=False)
        family = world.family(person(), wife)
        gone = world.people(family)[1]
        leave(world.act(world.staff.clerk), resident_ids=[gone.pk], left_date=date(2026, 3, 1))

        with pytest.raises(ApplicantNotMember):
            take(world, world.new(family, applicant_id=gone.pk))

    def test_a_second_application_for_the_same_group(self, world: World) -> None:
        family = world.family()
        first = world.received(family, LOW_INCOME)

        with pytest.raises(ApplicationOpen) as caught:
            take(world, world.new(family, LOW_INCOME, LONE_ELDER))

        assert caught.value.number == first.number

    def test_the_same_group_twice_in_one_set(self, world: World) -> None:
        new = world.new(world.family())

        with pytest.raises(ApplicationOpen):
            take(world, new, new)

    def test_no_scheme_in_force(self, world: World) -> None:
        with pytest.raises(PackNotInForce):
            take(world, world.new(world.family(), papers=()), day=date(2025, 10, 31))

    def test_but_not_another_group_nor_a_new_try_after_the_first_is_closed(self, world: World) -> None:
        family = world.family()
        first = world.received(family, LOW_INCOME)
        take(world, world.new(family, LONE_ELDER))
        withdraw(world.act(world.staff.clerk), application_id=first.pk)

        assert take(world, world.new(family, LOW_INCOME))


class TestReceiveFromTheFamily:
    @pytest.fixture
    def resident(self, world: World) -> User:
        return create_user(system_act(), username="old-wang", name="王建国")

    def own(self, world: World, resident: User, **other: object) -> NewApplication:
        family = world.family()
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        return world.new(family, channel=Channel.ONLINE, **{"papers": (), **other})

    def test_takes_the_own_application(self, world: World, resident: User) -> None:
        [application] = take(world, self.own(world, resident), who=resident)

        assert application.received_by_id == resident.pk

    def test_takes_the_wards_application_from_the_guardian(self, world: World, resident: User) -> None:
        self.own(world, resident)
        ward = world.family()
        add_guardian(
            world.act(world.staff.clerk),
            ward_id=world.people(ward)[0].pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MONDAY,
            document="委托书",
            guardian_id=resident.resident_accounts.get().resident_id,
        )

        assert take(world, world.new(ward, papers=()), who=resident)

    def test_refuses_another_households(self, world: World, resident: User) -> None:
        self.own(world, resident)

        with pytest.raises(NotPermitted):
            take(world, world.new(world.family(), papers=()), who=resident)

    @pytest.mark.parametrize(
        "record",
        [
            PaperRecord("IDENTITY_CARD", PaperState.PRESENT),
            PaperRecord("IDENTITY_CARD", PaperState.WAIVED, note="公安系统可查"),
        ],
    )
    def test_refuses_to_take_the_familys_word_for_a_paper(
        self, world: World, resident: User, record: PaperRecord
    ) -> None:
        with pytest.raises(PaperNeedsOffice) as caught:
            take(world, self.own(world, resident, papers=(record,)), who=resident)

        assert caught.value.field == "IDENTITY_CARD"

    def test_takes_uploads_and_promises(self, world: World, resident: User) -> None:
        papers = (
            PaperRecord("IDENTITY_CARD", PaperState.PRESENT, file_key=store(png()), file_name="id.jpg"),
            PaperRecord("LOW_INCOME_CERTIFICATE", PaperState.PROMISED, promised_date=date(2026, 3, 20), note="下周补"),
        )

        [application] = take(world, self.own(world, resident, papers=papers), who=resident)

        states = dict(application.papers.values_list("code", "state"))
        assert (states["IDENTITY_CARD"], states["LOW_INCOME_CERTIFICATE"]) == ("PRESENT", "PROMISED")
