"""People who come through the door as everybody does: a password, and a second factor that they enrolled."""

import re
from dataclasses import dataclass, field

import pyotp
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.ground.users.models import Factor, User
from tests.conftest import system_act
from tests.ledger.world import inside

_SECRET = re.compile(r"<code>([A-Z2-7 ]{39})</code>")
_SEALED = re.compile(r'name="sealed" value="([^"]+)"')


def give_passwords(password: str, **which: object) -> None:
    """Everybody, or those of whom it is true, get the password by an act, so that later ones find the rows as it left
    them.
    """
    encoded = make_password(password)
    inside(system_act(), step=lambda _act: User.objects.filter(**which).update(password=encoded))


@dataclass
class Visitor:
    """Somebody with an authenticator of their own, in a browser of their own."""

    username: str
    client: Client = field(default_factory=Client)
    secret: str = ""

    def log_in(self, password: str) -> HttpResponse:
        """Name and password, and the factor where there is one."""
        told = {"username": self.username, "password": password, "next": ""}
        answer = self.client.post(reverse("log_in"), told)
        if self.secret and answer.status_code == 302 and "factor" in answer.headers["Location"]:
            answer = self.client.post(answer.headers["Location"], {"factor_code": self.code(), "next": ""})
        return answer

    def enrol(self) -> HttpResponse:
        """Scan the code of the page with the authenticator, and send what that shows."""
        page = self.client.get(reverse("enrol")).content.decode()
        [secret], [sealed] = _SECRET.findall(page), _SEALED.findall(page)
        self.secret = secret.replace(" ", "")
        return self.client.post(reverse("enrol"), {"sealed": sealed, "code": self.code(), "name": "我的手机"})

    def code(self) -> str:
        """What the authenticator shows now, as if the one before had been shown half a minute ago."""
        mine = Factor.objects.filter(user__username=self.username)
        inside(system_act(), step=lambda _act: mine.update(counter=0))
        return pyotp.TOTP(self.secret).at(timezone.now())
