"""An application can be withdrawn until it is decided."""

import pytest

from linli.aid.assistance.models import Clock
from linli.aid.assistance.operations import withdraw
from linli.aid.assistance.operations.common import TextTooLong
from linli.ground.users.operations import create_user
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.steps import StepNotPossible
from linli.registry.residents.operations import link_account
from tests.assistance.world import Decidable, World, fresh, not_refused
from tests.conftest import MONDAY, system_act


class TestWithdraw:
    def test_closes_the_case_and_its_clocks(self, world: World) -> None:
        application = world.accepted()

        withdraw(world.act(world.staff.clerk), application_id=application.pk, reason="已找到工作")

        assert fresh(application).state == "WITHDRAWN"
        assert application.events.get(kind="WITHDRAWN").note == "已找到工作"
        assert not Clock.objects.filter(finished_date__isnull=True).exists()

    def test_is_possible_while_published(self, world: World, decidable: Decidable) -> None:
        application, _day = decidable

        withdraw(world.act(world.staff.clerk, hour=18), application_id=application.pk)

        assert fresh(application).state == "WITHDRAWN"

    def test_the_family_does_it_itself_and_nobody_elses_family(self, world: World) -> None:
        family = world.family()
        resident = create_user(system_act(), username="old-wang", name="王建国")
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        own, other = world.received(family), world.received()

        withdraw(world.act(resident), application_id=own.pk)
        with pytest.raises(NotPermitted):
            withdraw(world.act(resident), application_id=other.pk)

        assert (fresh(own).state, fresh(other).state) == ("WITHDRAWN", "RECEIVED")

    def test_is_refused_to_everybody_else(self, world: World) -> None:
        application = world.received()

        def deed(act: Act) -> object:
            return withdraw(act, application_id=application.pk)

        assert not_refused(world, deed, allowed="clerk social_worker director") == []

    def test_is_refused_after_the_decision(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        world.granted(application, day=day)

        with pytest.raises(StepNotPossible):
            withdraw(world.act(world.staff.clerk, day), application_id=application.pk)

    def test_a_reason_fits(self, world: World) -> None:
        application = world.received()

        with pytest.raises(TextTooLong):
            withdraw(world.act(world.staff.clerk, MONDAY), application_id=application.pk, reason="长" * 401)
