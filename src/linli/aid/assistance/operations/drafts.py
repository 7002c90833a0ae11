"""What somebody has typed and not yet handed in: kept at every step, thrown away when it was handed in.

No act of law: nothing is decided and nobody else sees it, so it leaves no line in the audit trail.
"""

from collections.abc import Mapping
from datetime import datetime

from linli.aid.assistance.models import Draft
from linli.aid.assistance.queries.screens import draft_aad
from linli.foundation.data.crypto import seal
from linli.foundation.trail.acts import no_act
from linli.kernel.canonical import canonical_json


@no_act
def save_draft(user_id: int, form: str, fields: Mapping[str, object], *, at: datetime) -> None:
    """Keep the fields of a form, sealed, in place of what was kept before."""
    envelope = seal(canonical_json(fields), aad=draft_aad(user_id, form))
    Draft.objects.update_or_create(user_id=user_id, form=form, defaults={"envelope": envelope, "saved_at": at})


@no_act
def discard_draft(user_id: int, form: str) -> None:
    """It was handed in, or is not wanted any more."""
    Draft.objects.filter(user_id=user_id, form=form).delete()
