"""One's own account: second factors, where one is logged in, and what others did to it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import EnvelopeBroken
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.desks import everybody
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page, today
from linli.foundation.screens.scanning import code_to_scan
from linli.foundation.trail.acts import no_act
from linli.ground.users import operations
from linli.ground.users.codes import OF_LOOKS
from linli.ground.users.models import AccountNotice, Factor, Session, User
from linli.ground.users.operations import factors as second
from linli.ground.users.queries import authority_of, must_show_factor, names, person, second_factor_is_asked
from linli.ground.users.queries.factors import active_factors, own_notices, unread_notices
from linli.ground.users.queries.sessions import kept_key, sessions_of
from linli.ground.users.web.again import ask_for_new_passkey, be_sure, forget_shown, site_of, take_challenge
from linli.ground.users.web.door import go_on_here
from linli.ground.users.web.forms import NoticesForm, PasskeyForm, TotpForm
from linli.ground.users.web.looks import told_of_day
from linli.kernel.act import Act, Actor
from linli.kernel.errors import DomainError


@everybody
def own_account(request: HttpRequest, desk: Actor) -> HttpResponse:
    """What a person may see and do about their own log-in."""
    sessions, here = sessions_of(desk.pk, timezone.now()), kept_key(request.session.session_key)
    context = {
        "head": Head(gettext("账号与安全"), person(desk.pk).username),
        "looks": told_of_day(authority_of(desk, today()), today()),
        "factors": active_factors(desk.pk),
        "keeps": second.must_keep(desk, today()),
        "sessions": sessions,
        "this": here,
        "elsewhere": any(one.pk != here for one in sessions),
    }
    return render_page(request, "users/own_account.html", context)


class OwnAct(ActPage[Actor, Any]):
    """An act on one's own account; then back to it."""

    leads = "own_account"
    above = _("账号与安全")
    secret = True

    @property
    def user(self) -> User:
        """Whose account it is."""
        return person(self.desk.pk)

    def stays(self) -> None:
        """The session goes on where the act ended all others."""
        go_on_here(self.request, self.user)

    def renewed(self) -> None:
        """It goes on, and has just shown who it is."""
        self.stays()
        be_sure(self.request)


class EnrolTotp(OwnAct):
    """Add an authenticator: its code shows that it has the secret."""

    title, done = _("添加第二重验证"), _("验证器已登记")
    form = TotpForm
    template = "users/enrol.html"

    def initial(self) -> Mapping[str, Any]:
        return {
            "sealed": second.pending(second.new_secret(), self.desk.pk, timezone.now()),
            "name": gettext("我的手机"),
        }

    def run(self, act: Act, said: Said) -> Factor:
        row = operations.enrol_totp(
            act, secret=self._secret(), code=said["code"], name=said["name"], moment=timezone.now()
        )
        self.renewed()
        return row

    def home(self) -> str:
        return reverse("own_account")

    def more(self) -> Mapping[str, Any]:
        user, known = self.user, active_factors(self.desk.pk)
        secret = self._secret()
        return {
            "first": not known,
            "asked": second_factor_is_asked(),
            # Who must have one goes nowhere without it.
            "must": not known and must_show_factor(self.desk, today()),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "drawn": code_to_scan(second.address_of_secret(secret, user.username), gettext("验证器的登记码")),
            "passkey": no_act(ask_for_new_passkey)(self.request, user, known),
        }

    def _secret(self) -> str:
        """The secret that the form carries sealed. Raises Http404 for one that is nobody's or too old: no session in
        which it was made lasts as long.
        """
        try:
            return second.opened(str(self.filled["sealed"].value() or ""), self.desk.pk, timezone.now())
        except EnvelopeBroken as error:
            raise Http404 from error


class EnrolPasskey(OwnAct):
    """Add a passkey: what the browser made of the challenge that the page before gave."""

    title, done = _("登记通行密钥"), _("通行密钥已登记")
    form = PasskeyForm
    above = _("添加第二重验证")
    leads = "enrol"

    def run(self, act: Act, said: Said) -> Factor:
        challenge = take_challenge(self.request)
        row = operations.enrol_passkey(act, challenge=challenge, site=site_of(self.request), **said)
        self.renewed()
        return row

    def to(self, result: object) -> str:
        return reverse("own_account")

    def response(self) -> HttpResponse:
        """What went wrong is said beside the passkey to be made anew: this page has nothing to fill in."""
        response = super().response() if self.request.method == "POST" else redirect("enrol")
        for words in (str(one) for some in self.filled.errors.values() for one in some):
            messages.error(self.request, words)
        return redirect("enrol") if self.filled.errors else response


class RemoveFactor(OwnAct):
    """Remove one of one's factors."""

    title, submit, done = _("移除第二重验证"), _("移除"), _("已移除")
    lead = "%(name)s"
    operation = operations.remove_factor
    of = "factor_id"

    def run(self, act: Act, said: Said) -> Factor:
        row: Factor = super().run(act, said)
        self.stays()
        if not active_factors(self.desk.pk):
            # What nobody could show again is not asked for again.
            forget_shown(self.request)
        return row

    def stops(self) -> DomainError | None:
        return second.LastFactor() if second.must_keep(self.desk, today()) else None

    def find(self, factor_id: int) -> Factor:
        found = next((one for one in active_factors(self.desk.pk) if one.pk == factor_id), None)
        if found is None:
            raise Http404
        return found


class EndSession(OwnAct):
    """Log one of one's own browsers out."""

    title, submit, done = _("退出这一处登录"), _("退出"), _("已退出")
    lead = "%(browser)s"

    def find(self, session: str) -> Session:
        found = next((one for one in sessions_of(self.desk.pk, timezone.now()) if one.pk == session), None)
        if found is None:
            raise Http404
        return found

    def run(self, act: Act, said: Said) -> User:
        return operations.end_session(act, user_id=self.desk.pk, session=self.row.pk)


class EndOtherSessions(OwnAct):
    """Log out everywhere but here: whoever left a browser open somewhere need not find it in the list."""

    title, submit, done = _("退出其他所有登录"), _("全部退出"), _("其他登录都已退出")
    lead = _("除当前浏览器外，所有电脑和手机上的登录都会退出，需重新登录。")

    def words(self) -> Mapping[str, object]:
        return {}

    def run(self, act: Act, said: Said) -> User:
        here = kept_key(self.request.session.session_key)
        user = operations.end_sessions(act, user_id=self.desk.pk, kept=here)
        self.stays()
        return user


class Notices(OwnAct):
    """What was done to the account: its person says what they did not want."""

    title, done = _("您的账号有变动"), _("已记下")
    form = NoticesForm
    template = "users/notices.html"
    operation = operations.answer_notices

    def options(self) -> Mapping[str, Any]:
        # Those that another window answered too: the act says that they are.
        return {"own": own_notices(self.desk.pk)}

    def home(self) -> str:
        return "/"

    def more(self) -> Mapping[str, Any]:
        rows = self._unread()
        by = names(row.by_id for row in rows)
        lines = [
            {
                "pk": row.pk,
                "words": row.get_kind_display(),
                "detail": row.detail,
                "at": row.at,
                "by": by.get(row.by_id, gettext("系统")),
                "denial": gettext("不是我申请的") if row.kind in OF_LOOKS else gettext("不是我要的"),
            }
            for row in rows
        ]
        return {"lines": lines}

    def _unread(self) -> list[AccountNotice]:
        return unread_notices(self.desk.pk)
