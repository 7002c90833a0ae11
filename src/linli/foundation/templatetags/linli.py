"""Components and filters, everywhere in templates without {% load %}."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any
from uuid import uuid4

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from linli.foundation.screens import cells, heads, navigation, texts
from linli.foundation.screens.charts import Series, chart_svg
from linli.foundation.screens.listings import Column
from linli.kernel import masking, money
from linli.kernel.tones import code_of, tone_of

register = template.Library()

# --- filters ------------------------------------------------------------------------------------

register.filter("cn_date", texts.day_text)
register.filter("cn_day", texts.short_day_text)
register.filter("cn_time", texts.time_text)
register.filter("moment", texts.moment_text)
register.filter("cn_month", texts.month_text)
register.filter("yuan", texts.money_text)
register.filter("pack_label", texts.pack_text)
register.filter("mask_name", masking.mask_name)
register.filter("capital", money.capital_amount)


@register.filter
def split(text: str) -> list[str]:
    """Words of a literal list: {% for x in "a b"|split %}."""
    return text.split()


@register.filter
def listed(some: Iterable[object]) -> str:
    """Several texts, or things with a label, in a row: {{ case.groups|listed }}."""
    return texts.joined(texts.pack_text(getattr(one, "label", one)) for one in some)


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> Any:
    """A mapping's value by a variable key; None when it is not there."""
    return mapping.get(key)


# --- links and forms ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def url_if(context: Mapping[str, Any], name: str, *args: object) -> str:
    """The address of a page, empty where it is not this person's (``navigation.may_open``):
    {% url_if "search" as address %}{% if address %}. Raises NoReverseMatch for a page that does not exist.
    """
    return navigation.link(context.get("request"), name, *args)


@register.simple_tag(takes_context=True)
def linked(context: Mapping[str, Any], name: str, argument: object, text: object = None, css: str = "") -> SafeString:
    """A record as a link to its page, or its text alone where the page is not this person's."""
    return cells.linked(context.get("request"), name, argument, text, css)


@register.simple_tag
def static_css(name: str) -> str:
    """The address of one of our style sheets."""
    return static(f"linli/{name}.css")


@register.simple_tag
def act_key() -> SafeString:
    """A hidden key, new for every rendered form: the same form sent twice takes effect once."""
    return format_html('<input type="hidden" name="act_key" value="{}">', uuid4().hex)


@register.simple_tag
def version(number: int) -> SafeString:
    """The hidden version of what the form shows; ``pages.version_of(request)`` reads it back."""
    return format_html('<input type="hidden" name="version" value="{}">', number)


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
    """One form field: label, hint, error before the input, all linked for screen readers.

    A form names in ``sometimes_required`` what another answer can make it demand: that is never called optional.
    """
    widget = bound.field.widget
    sometimes = bound.name in getattr(bound.form, "sometimes_required", ())
    many = _many(bound)
    root = bound.auto_id or bound.html_name
    help_text = hint or bound.help_text
    # A form that comes back has no file any more (docs/adr/0061): who chose one is told, wherever the fault is.
    sent = bound.form.files.get(bound.html_name) if isinstance(bound.field, forms.FileField) else None
    lost = getattr(sent, "name", "")
    parts = (("hint", help_text), ("error", bound.errors), ("lost", lost))
    described = " ".join(f"{root}-{part}" for part, there in parts if there)
    attributes: dict[str, str | bool] = {"aria-describedby": described} if described and not many else {}
    if bound.errors and not many:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "hint": help_text,
        "hint_id": f"{root}-hint",
        "error_id": f"{root}-error",
        "lost": lost,
        "lost_id": f"{root}-lost",
        "label_id": f"{root}-label",
        "described": described,
        "many": many,
        "box": isinstance(widget, forms.CheckboxInput),
        "clauses": getattr(bound.form, "clauses", {}).get(bound.name, ()),
        "optional": not (bound.field.required or bound.field.disabled or sometimes),
        "wide": wide,
        "short": short,
    }


@register.inclusion_tag("parts/basis.html")
def basis(clauses: Sequence[object]) -> dict[str, Any]:
    """依据: the articles that something rests on, with their words where the pack holds them; nothing without any."""
    return {"clauses": clauses}


@register.inclusion_tag("parts/error_summary.html")
def error_summary(*judged: forms.BaseForm | Iterable[forms.BaseForm]) -> dict[str, Any]:
    """What is wrong, on top, focused, each line linked to its field; nothing when all is well.

    Several forms, or lists of them, are told in one summary. A form says in ``whose`` of whom or what its fields speak
    (one text, or one per field): of five birth dates on a page the line names the person.
    """
    flat = [one for some in judged for one in ([some] if isinstance(some, forms.BaseForm) else some)]
    return {"lines": [line for form in flat for line in _error_lines(form)]}


def _error_lines(form: forms.BaseForm) -> Iterator[tuple[str, str, object]]:
    whose: Any = getattr(form, "whose", "")
    for name, errors in form.errors.items():
        known = name in form.fields
        target = _anchor(form[name]) if known else ""
        owner = whose.get(name, "") if isinstance(whose, Mapping) else whose
        label = f"{owner} {form[name].label}".strip() if known else owner
        for error in errors:
            yield target, label, error


# --- the head of a page (``screens.heads``) -------------------------------------------------------


@register.inclusion_tag("parts/crumbs.html", takes_context=True)
def crumbs(context: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: the page's job and its trail."""
    request = context.get("request")
    return {"steps": heads.crumbs(request, context["head"]) if request else []}


@register.inclusion_tag("parts/tabs.html", takes_context=True)
def tabs(context: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of the page's job, on each of them."""
    request = context.get("request")
    found = navigation.tabs_of(request) if request else []
    return {"tabs": found, "steps": navigation.home_of(request) if request else []}


@register.inclusion_tag("parts/actions.html")
def actions(some: Iterable[heads.Action]) -> dict[str, Any]:
    """The buttons of a page."""
    return {"actions": list(some)}


@register.simple_tag(takes_context=True)
def head_state(context: Mapping[str, Any]) -> SafeString:
    """The state beside the title, where the page has one."""
    state = context["head"].state
    return format_html(" {}", cells.state_chip(state)) if state is not None else SafeString("")


@register.simple_block_tag
def card(content: str, title: object = "", css: str = "", meta: object = "") -> SafeString:
    """{% card "标题" %}…{% endcard %}: a section with its heading; ``css`` "flush" for what fills it, a table."""
    head = format_html("<header><h2>{}</h2>{}</header>", title, _meta(meta)) if title else ""
    flush = "flush" in css.split()
    body = format_html("{}" if flush else '<div class="body">{}</div>', content)
    rest = " ".join(word for word in css.split() if word != "flush")
    return format_html('<section class="card{}">{}{}</section>', f" {rest}" if rest else "", head, body)


def _meta(meta: object) -> SafeString | str:
    return format_html('<span class="meta">{}</span>', meta) if meta else ""


# --- components ---------------------------------------------------------------------------------


register.simple_tag(cells.deadline, name="deadline_chip")
register.simple_tag(cells.chip, name="chip")
register.simple_tag(cells.masked, name="masked_field")
register.simple_tag(cells.bar)


@register.simple_tag
def state_chip(state: object, kind: str = "", text: object = "") -> SafeString:
    """A state in its own words and tone; ``kind`` names its codes where the value is what a table stores.

    Raises:
        KeyError: the kind of state has no tones (``kernel.tones.toned``).
    """
    code = state if isinstance(state, Enum) else code_of(kind, state)
    return cells.chip(text or getattr(code, "label", code.name), tone_of(code))


@register.filter
def if_any(number: int | None, then: str) -> str:
    """A tone, or an address, where there is anything to look at; zero is no alarm and leads nowhere."""
    return then if number else ""


@register.simple_tag
def counted(number: int, tone: str) -> str:
    """A count in bold, in its tone where there is anything to look at."""
    return format_html('<b class="{}-text">{}</b>', tone, number) if number else format_html("<b>{}</b>", number)


@register.inclusion_tag("parts/reason_chain.html")
def reason_chain(reasons: Sequence[Any], total_fen: int | None = None, change: str = "") -> dict[str, Any]:
    """为什么: numbered steps with facts, sources, article and answer; the sum; ``change`` says what would alter it."""
    chain = [(reason, getattr(reason, "clauses", ())) for reason in reasons]
    return {"reasons": chain, "total_fen": total_fen, "change": change}


@register.inclusion_tag("parts/timeline.html")
def timeline(events: Iterable[object]) -> dict[str, Any]:
    """What happened, newest first; of each "at" (a moment, a day or words), "title", "by", "note" and "mark"."""
    return {"events": list(events)}


@register.inclusion_tag("parts/checklist.html")
def checklist(lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Papers and the like: {"label", "because", "state", "tone", "note"}."""
    return {"lines": list(lines)}


@register.inclusion_tag("parts/steps.html")
def steps(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Where a case stands: {"label", "state": "done" | "now" | "stopped" | ""}."""
    return {"items": list(items)}


@register.inclusion_tag("parts/stat.html")
def stat(
    label: str, value: object, note: str = "", tone: str = "", address: str = "", of: object = ""
) -> dict[str, Any]:
    """One figure on a card: tone late, soon or ok; with an address the card is the link to what was counted."""
    return {"label": label, "value": value, "note": note, "tone": tone, "address": address, "of": of}


@register.inclusion_tag("parts/finding.html")
def finding(
    title: str, arithmetic: str = "", ways: Sequence[str] = (), mark: str = "", tone: str = "soon"
) -> dict[str, Any]:
    """What does not add up: ``mark`` in a chip (tone late for fatal), the arithmetic, the ways out."""
    return {"title": title, "arithmetic": arithmetic, "ways": list(ways), "mark": mark, "tone": tone}


@register.inclusion_tag("parts/facts.html")
def facts(pairs: Iterable[tuple[object, object]]) -> dict[str, Any]:
    """A list of labels and values; what is empty is left out."""
    return {"pairs": [(label, value) for label, value in pairs if value not in ("", None)]}


@register.inclusion_tag("parts/empty.html")
def empty(title: str, advice: str = "", action: str = "", address: str = "") -> dict[str, Any]:
    """An empty list says what to do, and leads there."""
    return {"title": title, "advice": advice, "action": action, "address": address}


@register.inclusion_tag("parts/table.html", takes_context=True)
def table(
    context: Mapping[str, Any], columns: Sequence[Column], rows: Iterable[object], caption: object, nothing: object = ""
) -> dict[str, Any]:
    """The few rows of a record's own, with the columns of a list (``screens.listings``); ``nothing`` where none are."""
    request = context["request"]
    return {
        "columns": columns,
        "lines": [[(one, cells.shown(one.shown(None, row), one.kind, request)) for one in columns] for row in rows],
        "caption": caption,
        "nothing": nothing,
    }


@register.inclusion_tag("parts/pages.html", takes_context=True)
def pages(context: Mapping[str, Any], next_after: object = None, address: str = "") -> dict[str, Any]:
    """Keyset pages: the first, and the next one after a key; ``address`` where the page is shown at another."""
    return {
        "request": context["request"],
        "next": f"{address}{query(context, after=next_after)}" if next_after else "",
        "first": f"{address}{query(context, after=None)}" if context["request"].GET.get("after") else "",
    }


@register.inclusion_tag("parts/chart.html")
def line_chart(
    series: Sequence[Series], labels: Sequence[str], title: str, labels_title: str = "", mark: int | None = None
) -> dict[str, Any]:
    """Lines as SVG made on the server, with a table twin; ``mark`` is the place of today."""
    return {
        "svg": chart_svg(series, labels, title=title, mark=mark),
        "series": series,
        "rows": [(label, [one.text(one.values[place]) for one in series]) for place, label in enumerate(labels)],
        "title": title,
        "labels_title": labels_title or gettext("月份"),
    }


def _many(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def _anchor(bound: BoundField) -> str:
    """Where a link in the error summary leads: the input itself, of several the first."""
    root = bound.auto_id or bound.html_name
    return f"{root}_0" if _many(bound) else root
