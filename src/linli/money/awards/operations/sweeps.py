"""What the product does every day by itself."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.data.prepared import prepared
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_of_others, check_system
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.money.awards.codes import AwardState, EndReason
from linli.money.awards.models import Award
from linli.money.awards.operations.changes import Ending, end_held, expire_held, held_awards
from linli.money.awards.operations.following import FOLLOWED, RUNNING, follow_households
from linli.money.awards.permissions import check_change
from linli.money.awards.queries import departed, departures_of, died
from linli.money.awards.steps import AWARD

# So long after an award ran out news of an earlier death or move still end it on that day.
_LATE_NEWS = timedelta(days=366)


class ReviewNotDue(DomainError):
    """A review is completed when it has fallen due."""

    message = _("待遇 %(number)s 的复核尚未到期")


@act
def end_departed(act: Act, *, on: date) -> list[Award]:
    """End the awards of those who died or left by the day, from the day it happened. Only the product itself.

    One that ran out within the last year is ended too, when it becomes known late that it should have ended before.
    Awards that go on take note of who is no longer with the family (``following``).
    """
    check_system(act)
    # What tells who left or joined, of all that run or ran until lately; the few who did are loaded below.
    live = {award.pk: award for award in _lately(on - _LATE_NEWS)}
    gone = departures_of(live.values(), on)
    endings = [
        Ending(pk, departure.departed_date, EndReason.DIED if died(live[pk], departure) else EndReason.MOVED)
        for pk, departure in sorted(departed(live.values(), on, gone).items())
    ]
    ended: list[Award] = []
    if endings:
        ended = end_held(act, awards=held_awards([one.award_id for one in endings], swept=True), endings=endings)
    running = None if endings else [row for row in live.values() if row.state in RUNNING and row.valid_until > on]
    followed = follow_households(act, on=on, running=running, gone=gone)
    audit.record(
        act,
        where=ended[0].stamp if ended else 0,
        subject=f"departed:{on.isoformat()}",
        lines=[[award.number, award.valid_until] for award in ended],
        note={"followed": sorted(award.number for award in followed)} if followed else {},
    )
    return ended


@prepared
def _lately(after: date) -> QuerySet[Award]:
    return Award.objects.exclude(state=AwardState.ENDED).filter(valid_until__gt=after).only(*FOLLOWED)


@act
def expire_awards(act: Act, *, on: date) -> list[Award]:
    """Record the end of the awards whose last day is over: history, letter, promise. Only the product itself."""
    check_system(act)
    over = list(Award.objects.filter(state__in=RUNNING, valid_until__lte=on).values_list("pk", flat=True))
    expired = expire_held(act, awards=held_awards(over, swept=True)) if over else []
    audit.record(
        act,
        where=expired[0].stamp if expired else 0,
        subject=f"expired:{on.isoformat()}",
        lines=[[award.number, award.valid_until] for award in expired],
    )
    return expired


@act
def fall_due_reviews(act: Act, *, on: date) -> list[Award]:
    """Open the reviews whose day has come. Only the product itself."""
    check_system(act)
    rows = list(
        locked(
            Award.objects.filter(review_due_date__lte=on, review_opened_date__isnull=True, valid_until__gt=on).exclude(
                state=AwardState.ENDED
            )
        )
    )
    for row in rows:
        row.review_opened_date = on
    Award.objects.bulk_update(rows, ["review_opened_date"])
    audit.record(
        act,
        where=rows[0].stamp if rows else 0,
        subject=f"reviews:{on.isoformat()}",
        lines=sorted(row.number for row in rows),
    )
    return rows


@act
def complete_review(act: Act, *, award_id: int, next_due_date: date | None, note: str) -> Award:
    """Somebody looked again and the award stands; the next review is set. Raises NotPermitted, OwnFamily,
    ReasonMissing, ReviewNotDue.
    """
    note = reason_of(note, field="note")
    award = held_awards([award_id])[award_id]
    check_change(act, [award.stamp])
    check_of_others(act, AWARD, [award])
    if award.review_opened_date is None or award.state in (AwardState.ENDED, AwardState.EXPIRED):
        raise ReviewNotDue(number=award.number)
    award.review_opened_date, award.review_due_date = None, next_due_date
    award.version += 1
    award.save(update_fields=["review_opened_date", "review_due_date", "version"])
    audit.record(
        act,
        where=award.stamp,
        subject=f"award:{award.number}",
        note={"review": note, "next": next_due_date},
    )
    return award
