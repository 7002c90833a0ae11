"""Words and the form of the yearly review."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import RenewalMethod
from linli.aid.assistance.models import Application
from linli.aid.assistance.queries.people import called
from linli.aid.assistance.queries.renewals import Foreseen, Known, RenewalView
from linli.aid.assistance.rules.results import ProgrammeResult
from linli.foundation.screens.cells import chip
from linli.foundation.screens.fields import CodeField, DayField
from linli.foundation.screens.texts import day_text, money_text, pack_text, source_text, value_words
from linli.kernel.tones import Tone
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import pack_of


class RenewalForm(forms.Form):
    """Nothing has changed, or what has is on record: when somebody made sure, how, and what there is to say."""

    checked_date = DayField(label=_("核实日期"))
    method = CodeField(RenewalMethod, _("核实方式"))
    note = forms.CharField(label=_("说明"), max_length=400, required=False)


@dataclass(frozen=True)
class Outlook:
    """What the next plan gives on what is on record, award by award, and what is missing for it."""

    facts: Sequence[tuple[SafeString, SafeString]]
    missing: tuple[str, ...]


def known_words(known: Iterable[Known]) -> list[str]:
    """What has become known since, one sentence each."""
    return [_sentence(one) for one in known]


def coming(view: RenewalView, said: Foreseen, pack: Pack, labels: Mapping[str, object]) -> Outlook:
    """Award by award; members and facts that are missing in words."""
    due = {(one.programme, one.unit_key): one for one in said.results}
    facts = [
        (
            format_html(
                '{} <span class="meta">{}</span>', pack_text(labels.get(one.programme, one.programme)), one.unit_key
            ),
            format_html(
                "{} → {}",
                money_text(one.amount_fen),
                _goes_on(due.get((one.programme, one.unit_key))),
            ),
        )
        for one in view.awards
    ]
    return Outlook(facts, tuple(_fact_words(pack, name) for name in said.missing))


def _goes_on(one: ProgrammeResult | None) -> SafeString:
    """The amount of the new period; where it is not the rules' that is said with what they give and why."""
    amount = money_text(one.amount_fen or None) if one else ""
    if one is None or not one.departed:
        return format_html("{}", amount or gettext("不再符合条件"))
    rules = gettext("规则没有给出金额") if one.determined_fen is None else money_text(one.determined_fen)
    pattern = gettext("不是规则给出的：按规则 %(rules)s；评估小组的理由：%(reason)s")
    words = pattern % {"rules": rules, "reason": one.reason}
    return format_html(
        '{} {}<span class="meta block">{}</span>',
        amount or money_text(0),
        chip(gettext("金额与规则不一致"), Tone.SOON),
        words,
    )


def remembered(application: Application, document: Mapping[str, Any], on: date) -> list[tuple[str, str, str, str]]:
    """(who, fact, value, source and day) that the family was last determined on."""
    if not document:
        return []
    pack, names = pack_of(application.pack_version_id), called({application.household_id}, on)
    facts = document["facts"]
    subjects = [(gettext("全家"), facts["household"])]
    subjects += [(names.get(one["key"], one["key"]), one["facts"]) for one in facts["members"]]
    return [
        (
            who,
            pack_text(pack.facts[name].label),
            value_words(fact["value"], pack.facts[name].unit),
            " · ".join(filter(None, (source_text(fact["source"]), day_text(fact["date"])))),
        )
        for who, own in subjects
        for name, fact in sorted(own.items())
        if name in pack.facts
    ]


def _sentence(one: Known) -> str:
    if one.kind == "DIED":
        return gettext("%(who)s 去世") % {"who": one.name}
    if one.kind == "LEFT":
        return gettext("%(who)s 已不在本户") % {"who": one.name}
    if one.kind == "JOINED":
        return gettext("%(who)s 新加入本户") % {"who": one.name}
    words = {
        "who": one.name or gettext("全家"),
        "fact": pack_text(one.label) if one.label else one.fact,
        "before": value_words(one.before, one.unit),
        "after": value_words(one.after, one.unit),
    }
    return gettext("%(who)s：%(fact)s 由 %(before)s 变为 %(after)s") % words


def _fact_words(pack: Pack, name: str) -> str:
    key, _dot, code = name.rpartition(".")
    label = pack_text(pack.facts[code].label) if code in pack.facts else code
    return f"{key} {label}".strip()
