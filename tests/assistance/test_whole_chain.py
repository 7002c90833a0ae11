"""From the counter to the letter of grant: one family, every step."""

import json
from datetime import date

from linli.aid.assistance.models import Assessment, Decision, Recognition
from linli.foundation.trail.audit import verify
from linli.ground.notifications.models import Letter
from linli.law.policies.engine.determination import replay
from linli.law.policies.models import Determination
from linli.money.awards.models import Award
from linli.money.ledger.queries import available, line_for
from tests.assistance.world import Decidable, World, fresh


class TestWholeChain:
    def test_a_poor_lone_elder_gets_both_payments_recognitions_and_one_letter(
        self, world: World, decidable: Decidable
    ) -> None:
        application, day = decidable

        [decision] = world.granted(application, day=day)

        awards = {award.programme: award.amount_fen for award in Award.objects.order_by("number")}
        assert awards == {"BASE_AWARD": 50_000, "ELDER_SUPPLEMENT": 30_000}
        assert sorted(Recognition.objects.values_list("group", flat=True)) == ["LONE_ELDER", "LOW_INCOME"]
        assert (
            Letter.objects.get(subject=application.subject, kind="GRANTED").content["zh"]["body"].count("800.00") == 1
        )
        assert fresh(application).state == "GRANTED"
        assert decision.kind == "GRANT"
        assert verify() == []

    def test_the_promise_is_booked_from_the_month_after_the_decision(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        world.granted(application, day=day)

        [award] = Award.objects.filter(programme="BASE_AWARD")
        assert (award.valid_from, award.valid_until) == (date(2026, 4, 1), date(2027, 1, 1))
        assert available(line_for(world.fund.pk, "BASE_AWARD").pk) == 100_000_000 - 9 * 80_000

    def test_determinations_replay_to_the_same_bytes(self, world: World) -> None:
        application = world.at_review()

        determination = Determination.objects.get(subject=application.subject)
        assert replay(world.pack, determination.document) == determination.document

    def test_the_decision_keeps_what_was_assessed(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        world.granted(application, day=day)

        decision, assessment = Decision.objects.get(), Assessment.objects.get()
        assert json.loads(decision.results) == json.loads(assessment.results)
        assert decision.determination_id == assessment.determination_id
