"""公示: masked rows of proposed grants, prepared by one person and posted by another, with proof and an end."""

import json
from datetime import date, timedelta

import pytest
from django.db.models import Q

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, Clock, Publication, PublicationEntry
from linli.aid.assistance.operations import (
    discard,
    expire_publications,
    post,
    prepare,
    refuse,
    take_objection,
    withdraw,
)
from linli.aid.assistance.operations.common import TextTooLong
from linli.aid.assistance.operations.publication import ProofMissing, PublicationMixed
from linli.aid.assistance.refusals import AlreadyPrepared, NotProposed, ObjectionOpen, PublicationNotFound
from linli.foundation.files.uploads import fetch, store
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import SamePerson, StepNotPossible
from tests.assistance.world import LOW_INCOME, NEEDY, Decidable, World, fresh, not_refused
from tests.conftest import MONDAY, system_act
from tests.foundation.files.builders import png
from tests.layers import layer
from tests.residents.people import person


@layer
def application(world: World) -> Application:
    """Reviewed, with a proposed grant."""
    return world.at_review()


def prepared(world: World, *applications: Application) -> Publication:
    return prepare(world.act(world.staff.clerk, hour=16), application_ids=[one.pk for one in applications])


def posted(world: World, publication: Publication, day: date = MONDAY, proof: str = "公告栏") -> Publication:
    return post(world.act(world.staff.director, day, 17), publication_id=publication.pk, proof_note=proof)


class TestPrepare:
    def test_writes_the_packs_columns_masked(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        entry = PublicationEntry.objects.get()
        assert json.loads(entry.row) == {
            "MASKED_NAME": "王*二",
            "HOUSEHOLD_SIZE": "1",
            "AMOUNT": "800.00",
            "COMMUNITY": "幸福里社区",
        }
        assert (publication.number, publication.state, publication.days) == ("GS-2026-0001", "PREPARED", 7)
        assert str(publication) == "GS-2026-0001"
        assert str(entry) == f"{publication.pk} {application.pk}"

    def test_never_writes_a_minors_name(self, world: World) -> None:
        child = world.family(person("王小明", birth=date(2015, 1, 1)), facts={**NEEDY, "monthly_income_fen": 0})

        publication = prepared(world, world.at_review(LOW_INCOME, household=child))

        row = json.loads(publication.entries.get().row)
        assert row["MASKED_NAME"] == "未成年人"
        assert "小明" not in json.dumps(row, ensure_ascii=False)

    def test_several_applications_stand_in_one(self, world: World, application: Application) -> None:
        publication = prepared(world, application, world.at_review())

        assert publication.entries.count() == 2

    def test_a_proposed_refusal_is_never_published(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application, proposal=Proposal.REFUSE)
        world.reviewed(application)

        with pytest.raises(NotProposed) as refusal:
            prepared(world, application)

        assert refusal.value.number == application.number

    def test_two_communities_are_not_mixed(self, world: World, application: Application) -> None:
        clerk = world.staff.clerk
        sibling = world.community.sibling.pk
        for who, role in ((clerk, Role.COMMUNITY_WORKER), (world.staff.director, Role.COMMUNITY_DIRECTOR)):
            assign(system_act(), user_id=who.pk, role=role, area_id=sibling, valid_from=date(2025, 1, 1))
        for who, role in ((world.staff.social_worker, Role.SOCIAL_WORKER), (world.staff.volunteer, Role.VOLUNTEER)):
            assign(system_act(), user_id=who.pk, role=role, area_id=sibling, valid_from=date(2025, 1, 1))
        other = world.at_review(household=world.family(area_id=sibling))

        with pytest.raises(PublicationMixed):
            prepared(world, application, other)

    def test_the_same_application_does_not_wait_twice(self, world: World, application: Application) -> None:
        prepared(world, application)

        with pytest.raises(AlreadyPrepared):
            prepared(world, application)

    def test_an_open_objection_stands_in_the_way(self, world: World, decidable: Decidable) -> None:
        application, _day = decidable
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="另有收入")
        world.assessed(application)
        world.opined(application)

        with pytest.raises(ObjectionOpen):
            world.reviewed(application)
        with pytest.raises(StepNotPossible):
            prepared(world, application)

    def test_is_refused_before_the_review(self, world: World) -> None:
        with pytest.raises(StepNotPossible):
            prepared(world, world.accepted())

    def test_is_for_worker_and_director(self, world: World, application: Application) -> None:
        def deed(act: Act) -> object:
            return prepare(act, application_ids=[application.pk])

        assert not_refused(world, deed, allowed="clerk director") == []


class TestPost:
    def test_sets_the_last_day_and_the_day_it_goes(self, world: World, application: Application) -> None:
        publication = posted(world, prepared(world, application))

        assert (publication.posted_date, publication.last_date) == (MONDAY, date(2026, 3, 16))
        assert (publication.expires_date, publication.state) == (date(2026, 3, 17), "POSTED")
        assert fresh(application).state == "PUBLISHED"

    def test_a_last_day_of_rest_rolls_on(self, world: World, application: Application) -> None:
        # Seven days from Saturday 9 May, a working day, end on Saturday 16 May, which is none.
        publication = posted(world, prepared(world, application), date(2026, 5, 9))

        assert publication.last_date == date(2026, 5, 18)

    def test_the_days_of_publication_do_not_count_in_the_time_to_decide(
        self, world: World, application: Application
    ) -> None:
        before = Clock.objects.get(kind="DECISION")

        posted(world, prepared(world, application))

        after = Clock.objects.get(kind="DECISION")
        # Five working days lie between Monday 9 and Monday 16 March.
        assert (before.due_date, after.due_date) == (date(2026, 4, 21), date(2026, 4, 28))
        assert (after.used_days, after.extended_days) == (0, 5)

    def test_only_the_time_to_decide_of_what_is_published_is_longer(
        self, world: World, application: Application
    ) -> None:
        other = world.at_review()
        longer = Q(application=application, kind="DECISION")
        before = list(Clock.objects.exclude(longer).order_by("pk").values())

        posted(world, prepared(world, application))

        assert list(Clock.objects.exclude(longer).order_by("pk").values()) == before
        assert [(row["application_id"], row["kind"]) for row in before] == [
            (application.pk, "INTAKE"),
            (other.pk, "INTAKE"),
            (other.pk, "DECISION"),
        ]

    def test_they_count_where_the_pack_says_so(
        self, world: World, application: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        pack = replace(world.pack, intake=replace(world.pack.intake, publication_counts_in_decision=True))
        monkeypatch.setattr("linli.aid.assistance.operations.publication.pack_of", lambda _version: pack)

        posted(world, prepared(world, application))

        assert Clock.objects.get(kind="DECISION").due_date == date(2026, 4, 21)

    def test_is_refused_to_the_person_who_prepared(self, world: World, application: Application) -> None:
        publication = prepare(world.act(world.staff.director), application_ids=[application.pk])

        with pytest.raises(SamePerson):
            posted(world, publication)

    def test_needs_a_proof(self, world: World, application: Application) -> None:
        with pytest.raises(ProofMissing) as refusal:
            posted(world, prepared(world, application), proof=" ")

        assert refusal.value.field == "proof_note"

    def test_a_photograph_is_proof(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        done = post(world.act(world.staff.street_officer), publication_id=publication.pk, proof_key=store(png()))

        assert fetch(done.proof_key) == png()

    def test_a_proof_fits(self, world: World, application: Application) -> None:
        with pytest.raises(TextTooLong):
            posted(world, prepared(world, application), proof="长" * 201)

    def test_is_refused_twice(self, world: World, application: Application) -> None:
        publication = posted(world, prepared(world, application))

        with pytest.raises(PublicationNotFound):
            posted(world, publication)

    def test_is_for_director_and_street(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        def deed(act: Act) -> object:
            return post(act, publication_id=publication.pk, proof_note="公告栏")

        assert not_refused(world, deed, allowed="director street_officer second_officer") == []

    def test_who_withdrew_since_holds_up_nobody(self, world: World, application: Application) -> None:
        leaving = world.at_review()
        publication = prepared(world, application, leaving)
        withdraw(world.act(world.staff.clerk), application_id=leaving.pk)

        posted(world, publication)

        assert (fresh(application).state, fresh(leaving).state) == ("PUBLISHED", "WITHDRAWN")

    def test_a_publication_of_nobody_is_refused(self, world: World, application: Application) -> None:
        publication = prepared(world, application)
        refuse(world.act(world.staff.second_officer), application_ids=[application.pk], reason="已迁出")

        with pytest.raises(StepNotPossible):
            posted(world, publication)


class TestDiscard:
    def test_lets_the_applications_be_prepared_again(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        discard(world.act(world.staff.director), publication_id=publication.pk, reason="人数写错")

        assert fresh_state(publication) == "DISCARDED"
        assert posted(world, prepared(world, application)).state == "POSTED"

    def test_needs_a_reason(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        with pytest.raises(ReasonMissing):
            discard(world.act(world.staff.director), publication_id=publication.pk, reason="")

    def test_is_refused_once_posted(self, world: World, application: Application) -> None:
        publication = posted(world, prepared(world, application))

        with pytest.raises(PublicationNotFound):
            discard(world.act(world.staff.director), publication_id=publication.pk, reason="写错")

    def test_is_for_those_who_prepare_or_post(self, world: World, application: Application) -> None:
        publication = prepared(world, application)

        def deed(act: Act) -> object:
            return discard(act, publication_id=publication.pk, reason="写错")

        assert not_refused(world, deed, allowed="clerk director street_officer second_officer") == []


class TestExpire:
    def test_takes_down_on_its_day(self, world: World, application: Application) -> None:
        publication = posted(world, prepared(world, application))
        assert expire_publications(system_act(date(2026, 3, 16))) == []

        assert expire_publications(system_act(date(2026, 3, 17))) == [publication.number]

        assert fresh_state(publication) == "EXPIRED"

    def test_happens_once(self, world: World, application: Application) -> None:
        posted(world, prepared(world, application))
        expire_publications(system_act(MONDAY + timedelta(days=30)))

        assert expire_publications(system_act(MONDAY + timedelta(days=31))) == []

    def test_is_for_the_product_alone(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            expire_publications(world.act(world.staff.administrator))


def fresh_state(publication: Publication) -> str:
    return Publication.objects.values_list("state", flat=True).get(pk=publication.pk)
