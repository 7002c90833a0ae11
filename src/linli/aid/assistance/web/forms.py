"""Forms of the steps of a case. What they check is form; what may be done, the operations say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import AssessorCapacity, Channel, PaperState, Proposal
from linli.aid.assistance.queries.papers import PaperOnFile
from linli.foundation.screens.fields import CodeField, DayField, LawForm, offer, text_area
from linli.foundation.screens.pages import whole_number
from linli.foundation.screens.texts import pack_text
from linli.law.policies.engine.model import Paper


class ChosenField(forms.TypedChoiceField):
    """Yes or no, in words."""

    def __init__(self, label: object, words: Mapping[str, object]) -> None:
        taken: dict[str, Any] = {"label": label, "choices": list(words.items()), "widget": forms.RadioSelect}
        super().__init__(coerce=lambda said: said == "yes", **taken)


class ReasonForm(forms.Form):
    """A reason that the family reads."""

    reason = text_area(_("理由"), max_length=400, error_messages={"required": _("请写明理由，申请人可以看到")})


class DiscardForm(forms.Form):
    """Why a publication is not posted, for the file."""

    reason = text_area(_("理由"), max_length=400, error_messages={"required": _("请写明理由")})


class WithdrawForm(forms.Form):
    """Nobody has to say why."""

    reason = text_area(_("理由"), max_length=400, required=False)


class OpinionForm(forms.Form):
    """First opinion."""

    sometimes_required = ("text",)

    proposal = CodeField(Proposal, _("初审意见"), widget=forms.RadioSelect)
    text = text_area(_("说明（拟不予批准时必填）"), max_length=400, required=False)


class ReviewForm(forms.Form):
    """The street's review."""

    sometimes_required = ("text",)

    agreed = ChosenField(_("复核意见"), {"yes": _("同意"), "no": _("退回社区")})
    text = text_area(_("说明（退回时必填）"), max_length=400, required=False)


class ObjectionForm(forms.Form):
    """Somebody objects."""

    content = text_area(_("异议内容"), max_length=None, error_messages={"required": _("请写明异议内容")})
    objector = forms.CharField(label=_("提出人（保密，可不填）"), max_length=60, required=False)


class ObjectionAnswerForm(forms.Form):
    """The answer after the re-check."""

    upheld = ChosenField(_("结论"), {"no": _("异议不成立"), "yes": _("异议成立")})
    answer = text_area(_("答复"), max_length=None, error_messages={"required": _("请写明答复")})


class PostForm(forms.Form):
    """Posting a publication, with its proof."""

    sometimes_required = ("proof_note", "proof")

    proof_note = forms.CharField(
        label=_("张贴位置"), help_text=_("写明位置或上传照片，至少一项"), max_length=200, required=False
    )
    proof = forms.FileField(label=_("张贴照片"), required=False)


class TeamForm(forms.Form):
    """Three people, one of each kind."""

    def __init__(
        self, data: Any = None, *, candidates: Mapping[AssessorCapacity, Sequence[tuple[int, str]]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        for capacity, people in candidates.items():
            self.fields[capacity.value] = forms.TypedChoiceField(
                label=capacity.label, choices=[("", "—"), *people], coerce=int, empty_value=None
            )


class PaperForm(forms.Form):
    """One paper: what is known of it. The family hands in or promises; the office also waives."""

    whose = ""  # which paper, where several stand on a page
    sometimes_required = ("promised_date", "note", "file")

    state = forms.ChoiceField(label=_("状态"), choices=[])
    issued_date = DayField(label=_("签发日期"), required=False)
    promised_date = DayField(label=_("承诺期限"), required=False)
    note = forms.CharField(label=_("依据或承诺"), max_length=200, required=False)
    file = forms.FileField(label=_("扫描件或照片（PDF、JPG、PNG）"), required=False)

    def __init__(self, *args: Any, waivable: bool, promisable: bool, staff: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["state"], paper_states(waivable=waivable and staff, promisable=promisable))
        if not promisable:
            del self.fields["promised_date"]
        if not promisable and not (staff and waivable):
            del self.fields["note"]


class CounterPaperForm(forms.Form):
    """One paper as it is laid on the counter: seen, missing, waived or promised, with the one day that matters."""

    whose = ""  # which paper, where several stand on a page
    sometimes_required = ("day", "note")
    paper: Paper
    because = ""  # why it is asked for
    before: PaperOnFile | None = None  # what somebody gave with another application

    state = forms.ChoiceField(label=_("状态"), choices=[])
    day = DayField(label=_("签发日期或承诺期限"), required=False)
    note = forms.CharField(label=_("免交依据或承诺内容"), max_length=200, required=False)

    def __init__(self, *args: Any, waivable: bool, promisable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["state"], paper_states(waivable=waivable, promisable=promisable))
        if not waivable and not promisable:
            del self.fields["note"]
        for field in self.fields.values():
            # In a table the column's heading is the label.
            field.widget.attrs["aria-label"] = field.label


class OwnPaperForm(forms.Form):
    """One paper from home: a picture of it now, a promise, or later."""

    sometimes_required = ("file", "promised_date")

    state = forms.ChoiceField(label=_("怎么交"), choices=[], widget=forms.RadioSelect)
    file = forms.FileField(label=_("照片或扫描件（PDF、JPG、PNG）"), required=False)
    promised_date = DayField(label=_("哪天前补交"), required=False)

    def __init__(self, *args: Any, promisable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(PaperState.PRESENT.value, _("现在上传"))]
        choices += [(PaperState.PROMISED.value, _("承诺后补"))] if promisable else []
        offer(self.fields["state"], [*choices, (PaperState.MISSING.value, _("以后再交，或带到窗口"))])
        if not promisable:
            del self.fields["promised_date"]


class SignForm(forms.Form):
    """A signature, with what the signer sees otherwise."""

    dissent = forms.CharField(
        label=_("不同意见"), required=False, widget=forms.Textarea(attrs={"rows": 2, "form": "sheet"})
    )


class VisitForm(LawForm):
    """The visit sheet; its fact fields are made from the pack."""

    rests_on = {"visited_date": "assessment"}

    visited_date = DayField(label=_("入户日期"))
    needs = text_area(_("需求"), max_length=None, required=False)
    observations = text_area(_("观察"), max_length=None, required=False)


class ApplicationForm(LawForm):
    """The 救助申请表: whole at the counter, one field per page at home (see :meth:`keep`)."""

    rests_on = {"groups": "groups", "proxy": "papers.PROXY", "papers": "papers"}

    applicant = forms.TypedChoiceField(label=_("申请人"), coerce=int)
    groups = forms.MultipleChoiceField(
        label=_("申请类别"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一类救助对象")},
    )
    statement = text_area(_("申请人自述"), max_length=2000, required=False)
    channel = CodeField(Channel, _("申请渠道"))
    identified_how = forms.ChoiceField(label=_("识别途径"))
    identified_by = forms.CharField(label=_("由谁发现或推荐"), max_length=60, required=False)
    proxy = forms.CharField(
        label=_("代办人编号"), help_text=_("由他人代办时填写，如 R-000123"), max_length=16, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[tuple[int, str]],
        groups: Sequence[tuple[str, str]],
        ways: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        for name, choices in (("applicant", members), ("groups", groups), ("identified_how", ways)):
            offer(self.fields[name], choices)

    def keep(self, *names: str) -> None:
        """Only these fields: a page of the same form."""
        for name in set(self.fields) - set(names):
            del self.fields[name]


class CounterForm(ApplicationForm):
    """The application at the counter, with a line for each paper that the answers demand and no other.

    ``papers`` says which those are and why, for groups and with a proxy or without; ``on_file`` which of them somebody
    (id) gave before, by code: those are not asked for again.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        papers: Callable[[Sequence[str], bool], Iterable[tuple[Paper, str]]],
        on_file: Mapping[tuple[int, str], PaperOnFile],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self._papers, self._on_file = papers, on_file
        self.rows = self.rows_of(QueryDict() if data is None else data)

    def rows_of(self, said: QueryDict) -> list["CounterPaperForm"]:
        """The lines for what was answered; a page that did not list a paper says nothing of it."""
        first = self.initial.get("applicant") or self.fields["applicant"].choices[0][0]  # type: ignore[attr-defined]  # a choice field
        applicant = whole_number(said.get("applicant", "")) or first
        asked = self._papers(said.getlist("groups"), bool(said.get("proxy", "").strip()))
        self.rows = [self._row(paper, why, self._on_file.get((applicant, paper.code)), said) for paper, why in asked]
        return self.rows

    def _row(self, paper: Paper, why: str, before: PaperOnFile | None, said: QueryDict) -> "CounterPaperForm":
        state = PaperState.PRESENT if before else PaperState.MISSING
        row = CounterPaperForm(
            said if self.is_bound and f"{paper.code}-state" in said else None,
            prefix=paper.code,
            waivable=paper.waivable,
            promisable=paper.promisable,
            initial={"state": state, "day": before.issued_date if before else None},
        )
        row.paper, row.because, row.before, row.whose = paper, why, before, pack_text(paper.label)
        return row

    def is_valid(self) -> bool:
        """Judge every line, so that all errors show at once."""
        return all([super().is_valid(), *(row.is_valid() for row in self.rows if row.is_bound)])


def paper_states(*, waivable: bool, promisable: bool) -> list[tuple[str, Any]]:
    """What may be said of a paper."""
    states = [PaperState.PRESENT, PaperState.MISSING]
    states += [PaperState.WAIVED] if waivable else []
    states += [PaperState.PROMISED] if promisable else []
    return [(state.value, state.label) for state in states]
