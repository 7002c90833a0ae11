"""Forms of the steps of a case. What they check is form; what may be done, the operations say."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.assistance.codes import AssessorCapacity, Channel, PaperState, Proposal

_TEXT = forms.Textarea(attrs={"rows": 3})


class ConfirmForm(forms.Form):
    """Nothing to fill in: the page says what will happen."""


class ReasonForm(forms.Form):
    """A reason that the family reads."""

    reason = forms.CharField(label=_("理由"), max_length=400, widget=_TEXT, required=False)


class OpinionForm(forms.Form):
    """First opinion."""

    proposal = forms.ChoiceField(label=_("初审意见"), choices=Proposal.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("说明(拟不予批准时必填)"), max_length=400, widget=_TEXT, required=False)


class ReviewForm(forms.Form):
    """The street's review."""

    agreed = forms.ChoiceField(
        label=_("复核意见"), choices=[("yes", _("同意")), ("no", _("退回社区"))], widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("说明(退回时必填)"), max_length=400, widget=_TEXT, required=False)


class ObjectionForm(forms.Form):
    """Somebody objects."""

    content = forms.CharField(label=_("异议内容"), widget=_TEXT, required=False)
    objector = forms.CharField(label=_("提出人(保密,可不填)"), max_length=60, required=False)


class ObjectionAnswerForm(forms.Form):
    """The answer after the re-check."""

    upheld = forms.ChoiceField(
        label=_("结论"), choices=[("no", _("异议不成立")), ("yes", _("异议成立"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("答复"), widget=_TEXT, required=False)


class PostForm(forms.Form):
    """Posting a publication, with its proof."""

    proof_note = forms.CharField(label=_("张贴位置"), max_length=200, required=False)
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
    """One paper: what is known of it."""

    state = forms.ChoiceField(label=_("状态"), choices=[])
    issued_date = forms.DateField(
        label=_("签发日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    promised_date = forms.DateField(
        label=_("承诺期限"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("依据或承诺"), max_length=200, required=False)
    file = forms.FileField(label=_("扫描件或照片(PDF、JPG、PNG)"), required=False)

    def __init__(self, *args: Any, waivable: bool, promisable: bool, staff: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [PaperState.PRESENT, PaperState.MISSING]
        states += [PaperState.WAIVED] if waivable and staff else []
        states += [PaperState.PROMISED] if promisable else []
        field = self.fields["state"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(state.value, state.label) for state in states]


class VisitForm(forms.Form):
    """The visit sheet; its fact fields are made from the pack."""

    visited_date = forms.DateField(
        label=_("入户日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    needs = forms.CharField(label=_("需求"), widget=_TEXT, required=False)
    observations = forms.CharField(label=_("观察"), widget=_TEXT, required=False)


class ApplicationForm(forms.Form):
    """The 救助申请表 at the counter."""

    applicant = forms.TypedChoiceField(label=_("申请人"), coerce=int)
    groups = forms.MultipleChoiceField(label=_("申请类别"), widget=forms.CheckboxSelectMultiple, required=False)
    channel = forms.ChoiceField(label=_("申请渠道"), choices=Channel.choices)
    identified_how = forms.ChoiceField(label=_("识别途径"))
    identified_by = forms.CharField(label=_("由谁发现或推荐"), max_length=60, required=False)
    statement = forms.CharField(label=_("申请人自述"), widget=_TEXT, required=False)

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
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)
