"""Letters and their delivery."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models

from linli.foundation.data import sealed, touched, triggers
from linli.foundation.data.crypto import open_sealed
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.sums import PLACE, Summed
from linli.ground.notifications.codes import DeliveryMethod
from linli.kernel.bilingual import LANGUAGES, Text, as_kept
from linli.kernel.marks import is_english


class Letter(AreaStamped):
    """A letter that was issued: number, seal place, and its exact content, which never changes.

    The content names a person and says why, so it is kept in an envelope; ``digest`` is of the plain content.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=40)  # notice code of the pack: ACCEPTED, INCOMPLETE, …
    subject = models.CharField(max_length=80)  # business key: "application:JZ-2026-0001"
    content_envelope = models.TextField()
    digest = models.CharField(max_length=64)
    issued_date = models.DateField()
    issued_at = models.DateTimeField()
    issued_by_id = models.PositiveBigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="letter_subject"),
            *indexes_by_place("letter", "-id"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, Any]:
        """``{"zh": {"title", "body", "closing": […]}, "en": {…}, "reasons": […]}``; old letters have no ``closing``."""
        plain: dict[str, Any] = json.loads(open_sealed(self.content_envelope, aad=self.aad(self.number)))
        return plain

    def words(self, language: str | None) -> dict[str, Any]:
        """Title, body and closing in a reader's language."""
        words: dict[str, Any] = self.content["en" if is_english(language) else "zh"]
        return words

    @property
    def title(self) -> Text:
        """What the letter is called."""
        return titled(self.content)

    @property
    def delivery(self) -> "Delivery | None":
        """How it arrived for the first time; None while nobody recorded it."""
        return next(iter(self.deliveries.all()), None)

    @staticmethod
    def aad(number: str) -> str:
        """What the envelope is bound to."""
        return f"notifications_letter|{number}|content"


def titled(content: Mapping[str, Any]) -> Text:
    """What a letter with the content is called."""
    return as_kept({language: content[language]["title"] for language in LANGUAGES})


class Standing(models.Manager[Any]):
    """Deliveries that were not undone."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Those that stand."""
        return super().get_queryset().filter(undone=None)


class Delivery(models.Model):
    """A letter reached its addressee. ``receipt`` says who signed for it. What was undone is not among them."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="deliveries")
    method = models.CharField(max_length=12, choices=DeliveryMethod.choices)
    delivered_date = models.DateField()
    receipt = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.PositiveBigIntegerField()

    objects = Standing()

    def __str__(self) -> str:
        return f"{self.letter_id} {self.method} {self.delivered_date}"


class DeliveryUndone(models.Model):
    """That a delivery was recorded is taken back: it was a mistake."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="undone")
    undone_at = models.DateTimeField()
    undone_by_id = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return str(self.delivery_id)


# --- Letters that wait for their delivery, and how many: kept by the database (docs/adr/0044) ------


class Undelivered(AreaStamped):
    """A letter that nobody recorded as delivered, or of which that was undone."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="waits")

    class Meta:
        indexes = indexes_by_place("undelivered", "letter")

    def __str__(self) -> str:
        return str(self.letter_id)


class UndeliveredSum(AreaStamped):
    """How many letters of a place wait for their delivery."""

    number = models.BigIntegerField()

    class Meta:
        indexes = indexes_by_place("undelivered_sum")
        constraints = [models.UniqueConstraint(fields=[*reversed(PLACE)], name="undelivered_sum")]

    def __str__(self) -> str:
        return f"{self.community_id}: {self.number}"


UNDELIVERED_SUMS = Summed(
    "notifications_undelivered_sums", "notifications_undelivered", "notifications_undeliveredsum", PLACE, fen=""
)
_LETTER_OF_UNDONE = "(SELECT d.letter_id FROM notifications_delivery d WHERE d.id = NEW.delivery_id)"
_WAITS = (
    f"INSERT INTO notifications_undelivered (letter_id, {','.join(PLACE)}) "
    f"SELECT l.id, {','.join(f'l.{one}' for one in PLACE)} FROM notifications_letter l WHERE l.id = {{}} "
    "AND NOT EXISTS (SELECT 1 FROM notifications_delivery d "
    "LEFT JOIN notifications_deliveryundone u ON u.delivery_id = d.id WHERE d.letter_id = l.id AND u.id IS NULL) "
    "ON CONFLICT (letter_id) DO NOTHING;"
)


def _keeps(table: str, text: str) -> triggers.Trigger:
    """Whatever is written into the table, its letter waits or waits no more."""
    return triggers.Trigger(f"{table}_waits", table, "AFTER INSERT", text, f"{text} RETURN NULL;")


for _table in ("undelivered", "undeliveredsum"):
    touched.excuse(f"notifications_{_table}", "kept out of letters and deliveries; the invariants reckon it anew")
triggers.register(
    _keeps("notifications_letter", _WAITS.format("NEW.id")),
    _keeps("notifications_delivery", "DELETE FROM notifications_undelivered WHERE letter_id = NEW.letter_id;"),
    _keeps("notifications_deliveryundone", _WAITS.format(_LETTER_OF_UNDONE)),
    *UNDELIVERED_SUMS.triggers(deleted=True),
    triggers.never_deleted("notifications_undeliveredsum"),
    *triggers.append_only("notifications_letter"),
    *triggers.append_only("notifications_delivery"),
    *triggers.append_only("notifications_deliveryundone"),
)

sealed.holds_envelopes("notifications_letter", "content_envelope")
