"""What somebody said at the public door."""

import json
from typing import Any

from django.db import models

from linli.foundation.data import sealed, triggers
from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.scope import AreaStamped
from linli.registry.newcomers.codes import RequestState
from linli.registry.newcomers.steps import REQUEST


class Request(AreaStamped):
    """One request. ``envelope`` holds name, phone, address and need as JSON; empty once they are not needed."""

    number = models.CharField(max_length=20, unique=True)
    envelope = models.TextField(blank=True)
    asked_date = models.DateField()
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    decided_date = models.DateField(null=True)
    decided_by_id = models.PositiveBigIntegerField(null=True)
    household = models.CharField(max_length=16, blank=True)  # the number of the household it led to

    class Meta:
        indexes = [models.Index(fields=["community_id", "state", "id"], name="request_community")]

    def __str__(self) -> str:
        return self.number

    @property
    def said(self) -> dict[str, Any]:
        """Name, phone, address and need; nothing once it was emptied."""
        plain: dict[str, Any] = (
            json.loads(open_sealed(self.envelope, aad=self.aad(self.number))) if self.envelope else {}
        )
        return plain

    @property
    def name(self) -> str:
        """Who asks; empty once it was emptied."""
        return str(self.said.get("name", ""))

    @staticmethod
    def aad(number: str) -> str:
        """What the envelope is bound to."""
        return f"newcomers_request|{number}|envelope"

    @classmethod
    def sealed(cls, number: str, said: dict[str, str]) -> str:
        """What was said, as it is kept."""
        return seal(json.dumps(said, ensure_ascii=False), aad=cls.aad(number))


triggers.register(*triggers.steps(REQUEST), triggers.never_deleted("newcomers_request"))

sealed.holds_envelopes("newcomers_request", "envelope")
