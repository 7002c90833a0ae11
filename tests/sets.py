"""Acts on the rows ticked in a list, as a browser does them: ticked, looked at, confirmed."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def hidden(page: HttpResponse) -> dict[str, list[str]]:
    """What the form of a preview carries."""
    found: dict[str, list[str]] = {}
    whole = page.content.decode()
    for name, value in _HIDDEN.findall(whole[whole.index("<main") :]):
        found.setdefault(name, []).append(value)
    return found


def confirm(browser: Client, address: str, form: dict[str, Any]) -> Any:
    """Send the list's form, confirm the preview, follow to the receipt; what was refused before is handed back."""
    preview: Any = browser.post(address, form)
    ready = preview.status_code == 200 and b'name="chosen"' in preview.content
    return press(browser, address, preview) if ready else preview


def press(browser: Client, address: str, preview: HttpResponse) -> Any:
    """Confirm what a preview shows."""
    return browser.post(address, hidden(preview), follow=True)


def is_receipt(page: Any) -> bool:
    """Whether a browser was led to a receipt."""
    return bool(page.redirect_chain) and urlsplit(page.redirect_chain[-1][0]).path.startswith("/receipts/")
