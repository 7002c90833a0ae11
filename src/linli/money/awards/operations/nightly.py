"""What changed since the last time is followed every night, and how far that went is kept."""

import logging
from datetime import date

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_system
from linli.kernel.act import Act
from linli.money.awards.models import Adjustment, Following
from linli.money.awards.operations.redetermining import CHUNK, redetermine
from linli.money.awards.queries.causes import Causes, causes_since
from linli.registry.residents.queries import settled_fact

_log = logging.getLogger("linli.awards")


def redetermine_all(at: Act, *, on: date) -> list[Adjustment]:
    """Everything that changed since the last time, by the day: one act for each hundred awards, then the day is kept.

    Run again after a fault it goes on where it stopped: what was followed differs no more. While rows that no act wrote
    stand behind an award the day is not kept: what there is to follow of it is looked at again once they are gone.
    """
    causes = causes_since(on, up_to=settled_fact())
    made: list[Adjustment] = []
    left = 0
    ids = sorted(causes.since)
    for start in range(0, len(ids), CHUNK):
        followed = redetermine(at, on=on, award_ids=ids[start : start + CHUNK])
        made += followed.made
        left += len(followed.left_out)
    if left:
        _log.error("awards rest on rows that no act wrote and were not followed", extra={"awards": left})
    else:
        keep_day(at, causes=causes)
    return made


@act
def keep_day(act: Act, *, causes: Causes) -> None:
    """Every cause up to the day was looked at. Only the product itself."""
    check_system(act)
    Following.objects.create(
        on=causes.on, pack_version_id=causes.pack_version_id, circumstance_id=causes.circumstance_id, at=act.at
    )
    audit.record(act, where=0, subject=f"redetermined:{causes.on.isoformat()}", note={"awards": len(causes.since)})
