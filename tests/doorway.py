"""People who come through the door as everybody does: a password, and a second factor that they enrolled."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

_SECRET = re.compile(r"<code>([A-Z2-7 ]{39})</code>")
_SEALED = re.compile(r'name="sealed" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody with an authenticator of their own, in a browser of their own."""

    username: str
    client: Client = field(default_factory=Client)
    secret: str = ""
    shown: int = 0  # how many codes: each is taken once

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
        self.secret, self.shown = secret.replace(" ", ""), 0
        return self.client.post(reverse("enrol"), {"sealed": sealed, "code": self.code(), "name": "我的手机"})

    def code(self) -> str:
        """What the authenticator shows next: at most two within half a minute."""
        # The first one half a minute behind: of three within one half-minute none is taken twice.
        moment = timezone.now() + timedelta(seconds=30 * (self.shown - 1))
        self.shown = min(self.shown + 1, 2)
        return pyotp.TOTP(self.secret).at(moment)
