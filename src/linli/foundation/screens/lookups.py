"""One thing out of many, chosen by typing: what the text could mean is offered meanwhile; a full list of places would
weigh more than the page.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.reads import forget_readings
from linli.foundation.screens.texts import joined

# So many are offered; so many are named where a text fits several.
OFFERED, _NAMED = 20, 5


class Offer(NamedTuple):
    """One thing: what the form takes, its code, its name, and the name with what tells it from others."""

    value: Any
    code: str
    name: str
    words: str

    @property
    def said(self) -> str:
        """As it stands in the field once it is chosen."""
        return f"{self.words} {self.code}"


Find = Callable[[str], Sequence[Offer]]


class _Typed(forms.TextInput):
    """The browser's own list below a field: arrow keys and Enter choose from it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = f"o-{name}"
        asks = {
            "list": box,
            "autocomplete": "off",
            "hx-get": f"?suggest={name}",
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{box}",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
        }
        typed = super().render(name, value, {**(attrs or {}), **asks}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', typed, box)


class LookupField(forms.CharField):
    """Takes what is offered, a code, a name that only one has, or what only one fits; gives the ``value`` of what was
    meant.

    A form says what to look in: ``form.fields["area"].find``. Without scripts the code or the name is typed; a text
    that fits several is refused with some that were meant.
    """

    def __init__(self, **options: Any) -> None:
        self.find: Find = lambda _text: ()
        super().__init__(max_length=200, widget=_Typed, **options)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError where the text names nothing, or not one thing."""
        text = super().clean(value)
        if not text:
            return None
        fitting = self.find(text)
        # As it stands in the field it ends with its code; what such a text's end fits alone was not typed by itself.
        found = fitting or self.find(text.rsplit(maxsplit=1)[-1])
        meant = [one for one in found if text in (one.code, one.name, one.said)]
        # A single sign stands in a name by chance.
        meant = meant or (list(fitting) if len(text) > 1 else [])
        if len(meant) == 1:
            return meant[0].value
        if not found:
            raise forms.ValidationError(_("没有找到，请从提示中选择，或填写代码"))
        some = joined(one.said for one in found[:_NAMED])
        raise forms.ValidationError(gettext("请写明是哪一个：%(some)s") % {"some": some})


def offered(request: HttpRequest, form: forms.BaseForm) -> HttpResponse | None:
    """The answer to a field that asks what its text could mean; None where the page itself is asked for."""
    key = request.GET.get("suggest", "") if request.method == "GET" else ""
    asked = form.fields.get(key)
    if not isinstance(asked, LookupField):
        return None
    text = request.GET.get(key, "").strip()
    forget_readings(request)  # the page is not shown again
    return HttpResponse(
        format_html_join("", '<option value="{}">', ((one.said,) for one in (asked.find(text) if text else ())))
    )
