"""Who is logged in, kept so that a copy of the table lets nobody in.

The browser alone has the key: the table has its keyed hash, and what a session holds is signed for that key, so that
neither a row made up nor one that carries what another held is anybody's session. A session is over eight hours after
it was last used, and twelve after its beginning whatever is done: both are signed with what it holds, so that whoever
writes the table makes no session longer than it was, and none live again once it would have been over.
"""

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore as Kept
from django.utils import timezone

from linli.ground.users.models import Session
from linli.ground.users.operations.sessions import drop_session, drop_sessions_over
from linli.ground.users.queries.sessions import LONGEST, kept_key, session_begun, session_lasting

_BEGUN: Final = "_begun"
_ENDS: Final = "_ends"


class SessionStore(Kept):
    """Django's own, but for how the key is kept, what is signed with it, and what its person may see of it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Sessions of ours."""
        return Session

    @property
    def key_salt(self) -> str:
        """What is signed belongs to this key and no other."""
        return f"linli.ground.users.session|{kept_key(self.session_key)}"

    def _get_session_from_db(self) -> Session | None:
        found = session_lasting(kept_key(self.session_key), timezone.now())
        if found is None:
            self._session_key = None
        return found

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing once it is over by what is signed, whatever its row says."""
        held: dict[str, Any] = super().load()
        now = timezone.now().timestamp()
        if now - LONGEST.total_seconds() < held.get(_BEGUN, 0) and now < held.get(_ENDS, 0):
            return held
        self._session_key = None
        return {}

    def cycle_key(self) -> None:
        """Another session with the same in it: it begins now."""
        self.pop(_BEGUN, None)
        super().cycle_key()

    def exists(self, session_key: str) -> bool:
        """Whether somebody has the key."""
        return session_begun(kept_key(session_key)) is not None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of what the session holds."""
        user, now = data.get("_auth_user_id"), timezone.now()
        key: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # Django's stubs lack it
        ends = self.get_expiry_date()
        begun = data.setdefault(_BEGUN, now.timestamp())
        data[_ENDS] = ends.timestamp()
        return Session(
            session_key=kept_key(key),
            session_data=self.encode(data),
            expire_date=ends,
            user_id=int(user) if user else None,
            begun_at=datetime.fromtimestamp(begun, UTC),
            seen_at=now,
            browser=data.get("browser", ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        """The session is over."""
        drop_session(kept_key(session_key or self.session_key))

    @classmethod
    def clear_expired(cls) -> None:
        """Throw away what is over."""
        drop_sessions_over(timezone.now())
