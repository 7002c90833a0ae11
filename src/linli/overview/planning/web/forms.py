"""Forms of plans: keep a version, adopt it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import CodeField, OfferingForm, YuanField, offer
from linli.foundation.screens.texts import pack_text
from linli.ground.areas.queries import Area
from linli.kernel.money import yuan
from linli.law.policies.engine import Pack
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.operations import NewLine, NewSource


class SaveForm(forms.Form):
    """A word about the version; its figures come with the form as hidden fields."""

    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class AdoptForm(OfferingForm):
    """Each finding that must be accepted is ticked by itself."""

    accepted = forms.MultipleChoiceField(label=_("逐条确认"), required=False)


# --- the form that opens a community's fund: what comes in by source, what may be spent by budget line ---


# The donor whom the pack does not name.
DONOR = "DONOR-1"


class FundForm(forms.Form):
    """A fund of a community for a year. Sources and lines are those of the scheme; one donor may be added."""

    sometimes_required = ("donor_name", "donor_amount")

    community = forms.TypedChoiceField(label=_("社区"), coerce=int)
    year = forms.IntegerField(label=_("年度"))
    name = forms.CharField(
        label=_("资金名称"), max_length=120, required=False, help_text=_("不填则按社区、年度和方案命名")
    )
    donor_name = forms.CharField(label=_("另一位捐赠人或来源"), max_length=120, required=False)
    donor_kind = CodeField(SourceKind, _("来源类型"), initial=SourceKind.DONATION)
    donor_amount = YuanField(label=_("金额（元）"), required=False, negative=False)
    donor_lines = forms.MultipleChoiceField(
        label=_("指定用途"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选则不限用途")
    )

    def __init__(
        self,
        *args: Any,
        pack: Pack,
        communities: Iterable[Area],
        figures: Mapping[str, int],
        years: tuple[int, int],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.pack = pack
        self.years = years
        lines = [(code, pack_text(line.label)) for code, line in pack.budget_lines.items()]
        offer(self.fields["community"], [(area.pk, area.name) for area in communities])
        offer(self.fields["donor_lines"], lines)
        for code, source in pack.fund_sources.items():
            planned = figures.get(f"sources.{code}.amount")
            self.fields[f"source_{code}"] = _amount(pack_text(source.label), planned)
            if source.donor_restricted:
                self.fields[f"purpose_{code}"] = forms.MultipleChoiceField(
                    label=_("%(source)s的指定用途") % {"source": pack_text(source.label)},
                    choices=lines,
                    initial=source.purposes,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("不选则不限用途"),
                )
        for code, label in lines:
            planned = figures.get(f"budget_lines.{code}.amount")
            self.fields[f"line_{code}"] = _amount(label, planned)

    @property
    def source_fields(self) -> list[forms.BoundField]:
        """The scheme's sources, each with its purpose where a donor may name one."""
        return [self[name] for name in self.fields if name.startswith(("source_", "purpose_"))]

    @property
    def line_fields(self) -> list[forms.BoundField]:
        """The scheme's budget lines."""
        return [self[name] for name in self.fields if name.startswith("line_")]

    @property
    def donor_fields(self) -> list[forms.BoundField]:
        """One source that the scheme does not name."""
        return [self[name] for name in ("donor_name", "donor_kind", "donor_amount", "donor_lines")]

    def clean_year(self) -> int:
        """A year near today: a fund of a mistyped one would stand for ever, with months to reconcile."""
        year: int = self.cleaned_data["year"]
        first, last = self.years
        if not first <= year <= last:
            raise forms.ValidationError(
                _("只能设立 %(first)s 年至 %(last)s 年的资金，请核对年度"), params={"first": first, "last": last}
            )
        return year

    def clean(self) -> dict[str, Any]:
        """A budget promises no more than is expected to come in."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("donor_name")) != (data.get("donor_amount") is not None):
            self.add_error("donor_name", _("名称和金额须一起填写"))
        if self.errors:
            return data
        expected = sum(source.planned_fen for source in self.sources())
        budget = sum(line.amount_fen for line in self.lines())
        if not self.sources() or not self.lines():
            self.add_error(None, _("至少填写一项资金来源和一项预算科目；没有金额的填 0"))
        elif budget > expected:
            words = {"budget": yuan(budget), "expected": yuan(expected), "excess": yuan(budget - expected)}
            self.add_error(
                None,
                _("预算合计 %(budget)s 元，超过资金来源合计 %(expected)s 元，多出 %(excess)s 元；请调整后再设立")
                % words,
            )
        return data

    def sources(self) -> list[NewSource]:
        """Sources with an amount, in the scheme's order."""
        data = self.cleaned_data
        found = [
            NewSource(
                code=code,
                kind=SourceKind(code) if code in SourceKind.values else SourceKind.OTHER,
                name=source.label.zh,
                planned_fen=data[f"source_{code}"],
                restricted_to=self._purposes(code),
            )
            for code, source in self.pack.fund_sources.items()
            if data.get(f"source_{code}") is not None
        ]
        if data.get("donor_name"):
            kind, lines = data["donor_kind"], tuple(data["donor_lines"])
            found.append(NewSource(DONOR, kind, data["donor_name"], data["donor_amount"], lines))
        return found

    def lines(self) -> list[NewLine]:
        """Budget lines with an amount, in the scheme's order."""
        return [
            NewLine(code, line.label.zh, self.cleaned_data[f"line_{code}"], self._programmes([code]))
            for code, line in self.pack.budget_lines.items()
            if self.cleaned_data.get(f"line_{code}") is not None
        ]

    def _purposes(self, source: str) -> tuple[str, ...]:
        """What a donor said here; of other money what the scheme says."""
        if self.pack.fund_sources[source].donor_restricted:
            return tuple(self.cleaned_data[f"purpose_{source}"])
        return self.pack.bound_to(source)

    def _programmes(self, lines: Iterable[str]) -> tuple[str, ...]:
        wanted = set(lines)
        return tuple(code for code, programme in self.pack.programmes.items() if programme.budget_line in wanted)


def _amount(label: str, planned: int | None) -> YuanField:
    """An amount that may be left out, with what the plan says in it."""
    return YuanField(label=label, initial="" if planned is None else yuan(planned), required=False, negative=False)
