"""How far the trail goes, said elsewhere: what a chain cannot show by itself is that its end was cut off.

A *head* is a small file: the newest seal, the last entry of every day that is not sealed yet, and the public key, all
signed. The worker drops one every quarter of an hour into a folder that the server may only add to, and sends it by
mail. Kept there, it proves later what had been written by then.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Exists, Max, OuterRef

from linli.foundation.trail import signing
from linli.foundation.trail.audit import newest_seal
from linli.foundation.trail.chain import seal_text
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.foundation.trail.verifying import AuditProblem
from linli.kernel.canonical import canonical_json

# What can be wrong with the seal of a head.
GONE = "the seal of the head is not in the trail: its end was cut off or computed anew"
UNSIGNED = "the seal of the head is not signed by the head's key"
_SHORT = 64  # digits of a seal's code, as it is printed


class HeadUnreadable(ValueError):
    """The file is neither a head nor a seal's code, or its signature is not of the key that it names."""


def newest() -> dict[str, Any]:
    """The head as of now: JSON with ``seal``, ``open`` (chain, day, number and code of the last entry), ``key`` and the
    signature of all that.
    """
    seal = newest_seal()
    said = {
        "key": signing.own_key(),
        "open": [[entry.chain, entry.day.isoformat(), entry.seq, entry.mac] for entry in _ends()],
        "seal": {"day": seal.day.isoformat(), "mac": seal.mac, "seq": seal.seq, "signature": seal.signature}
        if seal
        else None,
    }
    return {**said, "signature": signing.sign(canonical_json(said))}


def drop(at: datetime) -> Path | None:
    """Write the head into the folder for heads and send it by mail, where either is set up; the file written.

    Raises OSError when it cannot be written or sent. A head that says what the last one said is not written again.
    """
    if not settings.HEADS and not settings.HEAD_MAIL:
        return None
    text = json.dumps(newest(), ensure_ascii=False, indent=1, sort_keys=True)
    name = f"linli-head-{at:%Y%m%d-%H%M%S}.json"
    if settings.HEAD_MAIL:
        send_mail(name, text, settings.DEFAULT_FROM_EMAIL, settings.HEAD_MAIL)
    if not settings.HEADS:
        return None
    folder = Path(settings.HEADS)
    last = max(folder.glob("linli-head-*.json"), default=None)
    if last is not None and last.read_text() == text:
        return last
    file = folder / name
    file.write_text(text)
    return file


def compare(text: str) -> list[AuditProblem]:
    """What a head kept elsewhere (its file's text, or a seal's code as printed) knows and the trail no longer does.

    Raises HeadUnreadable.
    """
    head = _read(text)
    try:
        return list(_compared(head))
    except (ValueError, TypeError, KeyError) as error:
        # Anybody's own key signs anything.
        raise HeadUnreadable(str(error)) from error


def _ends() -> Iterator[AuditEntry]:
    sealed = AuditSeal.objects.filter(chain=OuterRef("chain"), day=OuterRef("day"))
    last = AuditEntry.objects.exclude(Exists(sealed)).values("chain", "day").annotate(last=Max("id"))
    return AuditEntry.objects.filter(pk__in=[row["last"] for row in last]).order_by("chain", "day").iterator()


def _read(text: str) -> Mapping[str, Any]:
    # As it is printed: groups with blanks between them, over two lines where the paper is narrow.
    code = "".join(text.split()).lower()
    if len(code) == _SHORT and not set(code) - set("0123456789abcdef"):
        return {"seal": {"mac": code}, "open": []}
    bare = text.strip()
    try:
        head = json.loads(bare)
        said = {name: head[name] for name in ("key", "open", "seal")}
        signed = signing.is_signed(canonical_json(said), head["signature"], by=head["key"])
    except (ValueError, TypeError, KeyError) as error:
        raise HeadUnreadable(str(error)) from error
    if not signed:
        raise HeadUnreadable("its signature is not of the key that it names")
    return head  # type: ignore[no-any-return]  # JSON that was just looked at


def _compared(head: Mapping[str, Any]) -> Iterator[AuditProblem]:
    said = head["seal"]
    if said is not None:
        seal = AuditSeal.objects.filter(mac=said["mac"]).first()
        if seal is None:
            day = date.fromisoformat(said["day"]) if "day" in said else date.min
            yield AuditProblem(0, day, GONE)
        elif head.get("key") and not _signed_since(seal, head["key"]):
            yield AuditProblem(0, seal.day, UNSIGNED)
    for chain, day, seq, code in head["open"]:
        entry = AuditEntry.objects.filter(chain=chain, day=day, seq=seq).first()
        if entry is None or entry.mac != code:
            yield AuditProblem(chain, date.fromisoformat(day), f"entry {seq} of the head is not in the trail")


def _signed_since(seal: AuditSeal, key: str) -> bool:
    """Each run of sealing signs its last seal, whose code covers all before it."""
    signed = AuditSeal.objects.filter(seq__gte=seal.seq).exclude(signature="").order_by("seq").first()
    return signed is not None and signing.is_signed(seal_text(signed), signed.signature, by=key)
