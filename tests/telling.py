"""Guards over each page that a test asks for: who does something is told that it was done; what is shown is 200; a
link leads somewhere.
"""

import re
from typing import Any

from django.test import Client
from django.urls import resolve

# After these the next page itself is the answer: who is logged in, in which language, which password was made, the next
# page of a form in steps.
SILENT = frozenset(
    {"log_in", "log_in_factor", "log_out", "my_apply_step", "preferences", "set_language", "user_new", "user_password"},
)


# What a template writes where it was handed no address.
_NOWHERE = re.compile(rb'\bhref="#?"')


class NothingSaid(AssertionError):
    """A post led on to another page, and nobody was told what had happened."""


class OddStatus(AssertionError):
    """A page was shown with a status that says something else than that it is shown."""


class LeadsNowhere(AssertionError):
    """A page shows a link without an address."""


def demand_a_word() -> None:
    """From now on a post that leads on without a message fails its test, and so does a page of another 2xx than 200 or
    with a link to nowhere.

    The same post sent once more may be silent.
    """
    request = Client.request
    sent: dict[int, object] = {}

    def told(self: Client, **values: Any) -> Any:
        response = request(self, **values)
        if 200 < response.status_code < 300:
            raise OddStatus(f"{values['PATH_INFO']} answered {response.status_code}")
        if not response.streaming and _NOWHERE.search(response.content):
            raise LeadsNowhere(values["PATH_INFO"])
        if values.get("REQUEST_METHOD") != "POST" or response.status_code != 302 or "wsgi.input" not in values:
            return response  # nothing was sent: the page was only asked whether it opens
        if response.headers["Location"].startswith("/log-in/"):
            return response  # a stranger was led to the door: nothing was done
        path, posted = values["PATH_INFO"], response.wsgi_request
        once = (path, posted.POST, [file.name for file in posted.FILES.values()])
        kept = getattr(posted, "_messages", None)
        if not (kept and kept.added_new) and resolve(path).view_name not in SILENT and sent.get(id(self)) != once:
            raise NothingSaid(f"{path} led on to {response.headers['Location']} without a message")
        sent[id(self)] = once
        return response

    Client.request = told  # type: ignore[method-assign]
