"""What somebody typed and has not sent: kept sealed for them alone, through time-out, crash and another computer.

No act of law: nothing is decided and nobody else sees it, so it leaves no line in the audit trail (docs/adr/0039).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.removing import delete_any
from linli.foundation.trail.acts import no_act
from linli.foundation.trail.models import ActKey

KEPT_DAYS = 30
LONGEST_ADDRESS = 200


class Draft(models.Model):
    """One form of one person, known by the address that it is sent to."""

    user_id = models.PositiveBigIntegerField()  # users stand above: a plain id
    address = models.CharField(max_length=LONGEST_ADDRESS)
    envelope = models.TextField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "foundation"
        constraints = [models.UniqueConstraint(fields=["user_id", "address"], name="draft_of_a_form")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address}"


class Kept(NamedTuple):
    """What was typed, and when it was kept."""

    content: str
    at: datetime


def find(user_id: int, address: str) -> Kept | None:
    """What the person typed there and has not sent. Raises EnvelopeBroken for a draft that was altered or moved."""
    row = Draft.objects.filter(user_id=user_id, address=address).first()
    return None if row is None else Kept(open_sealed(row.envelope, aad=aad(user_id, address)), row.kept_at)


@no_act
def keep(user_id: int, address: str, content: str, *, at: datetime, key: str = "") -> None:
    """Keep what is typed in place of what was kept before; not of a form that took effect meanwhile (its act's key)."""
    if key and ActKey.objects.filter(key=key).exists():
        return
    envelope = seal(content, aad=aad(user_id, address))
    Draft.objects.update_or_create(user_id=user_id, address=address, defaults={"envelope": envelope, "kept_at": at})


@no_act
def drop(user_id: int, address: str) -> None:
    """It took effect, or is not wanted any more."""
    Draft.objects.filter(user_id=user_id, address=address).delete()


def drop_old(at: datetime) -> None:
    """Throw away what nobody touched for thirty days."""
    delete_any(Draft.objects.filter(kept_at__lt=at - timedelta(days=KEPT_DAYS)))


def aad(user_id: int, address: str) -> str:
    """What a draft's envelope is bound to: it opens for nobody else and on no other page."""
    return f"foundation_draft|{user_id}|{address}"
