"""What follows from a correction: what was given up because somebody was thought dead is due again."""

from django.db.models import Q

from linli.foundation.data.locks import locked
from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.queries import taken_months
from linli.money.awards.rules.schedule import NOTHING
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem
from linli.money.payments.operations.settling import sent_before
from linli.registry.residents.operations import Amendment


@within_act
def follow_amendment(act: Act, amendment: Amendment) -> None:
    """Lines of months that awards hold open again are void, with those that they were sent again for: the next batch
    pays the months anew.
    """
    whose = Q(award__resident_id=amendment.resident_id) if amendment.resident_id is not None else Q()
    whose |= Q(award__household_id__in=amendment.household_ids)
    rows = list(locked(PaymentItem.objects.filter(whose, state=ItemState.WRITTEN_OFF)))
    taken = taken_months(row.award_id for row in rows) if rows else {}
    again = [row for row in rows if not taken.get((row.award_id, Month.of(row.month_date)), NOTHING).closed]
    PaymentItem.objects.filter(pk__in=sent_before(again)).update(state=ItemState.VOIDED)
