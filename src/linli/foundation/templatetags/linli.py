"""Components and filters, everywhere in templates without {% load %}. See docs/components.md."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from linli.foundation.screens.charts import Series, chart_svg
from linli.kernel import masking, money
from linli.kernel.act import CHINA_TIME

register = template.Library()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _english() -> bool:
    return (get_language() or "").startswith("en")


# --- filters ------------------------------------------------------------------------------------


@register.filter
def split(text: str) -> list[str]:
    """Words of a literal list: {% for x in "a b"|split %}."""
    return text.split()


@register.filter
def cn_date(value: date | datetime | str | None) -> str:
    """2026年3月9日, in English 9 Mar 2026; texts in ISO form too; empty for None."""
    if not value:
        return ""
    day = _as_date(value)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if _english() else f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_time(value: datetime | None) -> str:
    """The moment in China: 3月9日 09:12, in English 9 Mar 09:12."""
    if value is None:
        return ""
    local = value.astimezone(CHINA_TIME)
    day = f"{local.day} {_MONTHS[local.month - 1]}" if _english() else f"{local.month}月{local.day}日"
    return f"{day} {local:%H:%M}"


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as ¥1,200.00."""
    return "" if fen is None else f"¥{money.yuan(fen)}"


@register.filter
def capital(fen: int) -> str:
    """Fen in capitals for vouchers."""
    return money.capital_amount(fen)


@register.filter
def mask_name(name: str) -> str:
    """张* and the like."""
    return masking.mask_name(name)


@register.filter
def pack_label(label: object) -> str:
    """A pack's text in the reader's language: a Text with zh/en, or a mapping."""
    language = "en" if _english() else "zh"
    if isinstance(label, Mapping):
        return str(label.get(language, ""))
    return str(getattr(label, language, label))


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> Any:
    """A mapping's value by a variable key; None when it is not there."""
    return mapping.get(key)


# --- links and forms ----------------------------------------------------------------------------


@register.simple_tag
def url_or_blank(name: str, *args: object) -> str:
    """The address of a page, or # while it does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return "#"


@register.simple_tag
def static_css(name: str) -> str:
    """The address of one of our style sheets."""
    return static(f"linli/{name}.css")


@register.simple_tag
def act_key() -> SafeString:
    """A hidden key, new for every rendered form: the same form sent twice takes effect once."""
    return format_html('<input type="hidden" name="act_key" value="{}">', uuid4().hex)


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: object) -> str:
    """The present query string with some values changed; None removes one."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = str(value)
    encoded: str = values.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "", wide: bool = False, short: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template's words
    """One form field: label, hint, error before the input, all linked for screen readers."""
    widget = bound.field.widget
    many = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    box = isinstance(widget, forms.CheckboxInput)
    help_id, error_id = (
        f"{bound.id_for_label or bound.html_name}-hint",
        f"{bound.id_for_label or bound.html_name}-error",
    )
    described = [one for one, there in ((help_id, hint or bound.help_text), (error_id, bound.errors)) if there]
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "hint": hint or bound.help_text,
        "hint_id": help_id,
        "error_id": error_id,
        "many": many,
        "box": box,
        "wide": wide,
        "short": short,
    }


@register.inclusion_tag("parts/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong, on top, focused, each line linked to its field; nothing when all is well."""
    lines = []
    for name, errors in form.errors.items():
        target = "" if name == "__all__" else form[name].id_for_label or f"id_{name}"
        label = "" if name == "__all__" else form[name].label
        lines += [(target, label, error) for error in errors]
    return {"lines": lines}


# --- components ---------------------------------------------------------------------------------


@register.inclusion_tag("parts/deadline_chip.html")
def deadline_chip(
    colour: str,
    days_left: int | None = None,
    due: date | None = None,
    article: str = "",
    provisional: bool = False,  # noqa: FBT001, FBT002
) -> dict[str, Any]:
    """How much time is left: GREEN, AMBER, RED, PAUSED or DONE, in words, icon and colour; hover shows the article."""
    tone = {"GREEN": "ok", "AMBER": "soon", "RED": "late", "PAUSED": "paused", "DONE": "ok"}[colour]
    return {
        "tone": tone,
        "text": _deadline_text(colour, days_left or 0),
        "due": due if colour in ("GREEN", "AMBER", "RED") else None,
        "article": article,
        "provisional": provisional,
    }


@register.inclusion_tag("parts/chip.html")
def chip(text: object, tone: str = "info", tag: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """A state in words: tone ok, soon, late, paused or info; ``tag`` leaves out the icon."""
    return {"text": text, "tone": tone, "tag": tag}


@register.inclusion_tag("parts/reason_chain.html")
def reason_chain(reasons: Sequence[Any], total_fen: int | None = None) -> dict[str, Any]:
    """为什么: numbered steps with facts, sources, article and answer; the sum last."""
    return {"reasons": reasons, "total_fen": total_fen}


@register.inclusion_tag("parts/timeline.html")
def timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened, newest first: {"at", "title", "by", "note", "mark"}."""
    return {"events": list(events)}


@register.inclusion_tag("parts/checklist.html")
def checklist(lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Papers and the like: {"label", "because", "state", "tone", "note"}."""
    return {"lines": list(lines)}


@register.inclusion_tag("parts/steps.html")
def steps(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Where a case stands: {"label", "state": "done" | "now" | ""}."""
    return {"items": list(items)}


@register.inclusion_tag("parts/bar.html")
def bar(actual: int, target: int, pace_percent: int | None = None, tone: str = "") -> dict[str, Any]:
    """Plan against actual: filled share, and a mark where it should be by now."""
    share = 0 if target <= 0 else min(actual * 100 // target, 100)
    return {"share": share, "pace": pace_percent, "tone": tone, "actual": actual, "target": target}


@register.inclusion_tag("parts/facts.html")
def facts(pairs: Iterable[tuple[object, object]]) -> dict[str, Any]:
    """A list of labels and values."""
    return {"pairs": list(pairs)}


@register.inclusion_tag("parts/empty.html")
def empty(title: str, advice: str = "") -> dict[str, Any]:
    """An empty list says what to do."""
    return {"title": title, "advice": advice}


@register.inclusion_tag("parts/pages.html", takes_context=True)
def pages(context: Mapping[str, Any], next_after: object = None) -> dict[str, Any]:
    """Keyset pages: the first, and the next one after a key."""
    return {
        "request": context["request"],
        "next": query(context, after=next_after) if next_after else "",
        "first": query(context, after=None) if context["request"].GET.get("after") else "",
    }


@register.inclusion_tag("parts/chart.html")
def line_chart(series: Sequence[Series], labels: Sequence[str], title: str) -> dict[str, Any]:
    """Lines as SVG made on the server, with a table twin."""
    rows = [(label, [one.values[place] for one in series]) for place, label in enumerate(labels)]
    return {"svg": chart_svg(series, labels, title=title), "series": series, "rows": rows, "title": title}


def _deadline_text(colour: str, left: int) -> str:
    if colour == "PAUSED":
        return gettext("计时暂停")
    if colour == "DONE":
        return gettext("已办结")
    if colour == "RED":
        return gettext("超期 %(days)s 个工作日") % {"days": max(-left, 1)}
    return gettext("今天到期") if left == 0 else gettext("剩 %(days)s 个工作日") % {"days": left}


def _as_date(value: date | datetime | str) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.astimezone(CHINA_TIME).date() if isinstance(value, datetime) else value
