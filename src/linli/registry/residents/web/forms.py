"""Forms of the registry: fields and their first checks; the rules are the operations'."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Scope
from linli.foundation.screens.fields import TO_CHOOSE, CodeField, DayField, NumberField, OfferingForm, offer
from linli.foundation.screens.lookups import LookupField
from linli.foundation.screens.pages import caught, whole_number
from linli.ground.areas.queries import offers
from linli.ground.users.queries import User, user_by_username
from linli.kernel.errors import DomainError
from linli.kernel.identity import parse_identity_number
from linli.kernel.money import parse_yuan
from linli.registry.residents.codes import (
    GuardianshipKind,
    HukouKind,
    IdentifiedHow,
    KinRelation,
    Relation,
    ResidenceKind,
    Sex,
)
from linli.registry.residents.operations import NewHousehold, NewMember
from linli.registry.residents.queries.places import LOCAL
from linli.registry.residents.queries.vocabulary import FactWord

# Enough for nine families of ten; more rows come with the button below the table.
FIRST_ROWS = 5
MOST_ROWS = 20


class ResidentField(NumberField):
    """A resident within reach, by number."""

    unknown = _("本辖区没有这个居民编号")

    def __init__(self, label: object, **options: Any) -> None:
        super().__init__(label=label, max_length=16, **options)


class PlaceForm(forms.Form):
    """Where, within reach of the person."""

    area_id = LookupField(label=_("楼栋或网格"), help_text=_("名称或代码，如 3 号楼"))
    address = forms.CharField(label=_("门牌"), max_length=100, required=False, help_text=_("如 2 单元 301"))

    def __init__(self, *args: Any, reach: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self.fields["area_id"], offers(reach, LOCAL))


class MemberForm(forms.Form):
    """One member; a row that was left empty is no member."""

    sometimes_required = ("sex", "birth_date", "print_as")
    # What the row is called, where several stand on a page.
    place = ""

    name = forms.CharField(label=_("姓名"), max_length=60)
    relation = CodeField(Relation, _("与户主关系"))
    id_number = forms.CharField(label=_("身份证号"), max_length=30, required=False)
    sex = CodeField(Sex, _("性别"), first=("", _("按身份证号")), required=False)
    birth_date = DayField(label=_("出生日期"), required=False, help_text=_("填了身份证号可不填"))
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    hukou_kind = CodeField(HukouKind, _("户籍类型"), initial=HukouKind.HERE)
    hukou_place = forms.CharField(label=_("户籍地"), max_length=120, required=False)
    residence_kind = CodeField(ResidenceKind, _("居住类型"), initial=ResidenceKind.PERMANENT)
    residence_place = forms.CharField(label=_("居住地"), max_length=120, required=False)

    print_as = forms.CharField(
        label=_("打印写法"), max_length=60, required=False, help_text=_("字库没有的字在文书上怎样写，如〔王+其〕")
    )
    is_another = forms.BooleanField(
        label=_("确是另一人"), required=False, help_text=_("提示此人可能已登记、核对后确为另一人时才勾选")
    )

    def clean(self) -> dict[str, Any]:
        """What was left empty is read from the identity number; what was typed is compared with it by the act."""
        data = super().clean() or self.cleaned_data
        try:
            told = parse_identity_number(data.get("id_number", ""), on=date.max)
        except DomainError as error:
            if data.get("id_number") and not (data.get("birth_date") and data.get("sex")):
                self.add_error("id_number", caught(error))
                return data
        else:
            data["sex"] = data.get("sex") or (Sex.MALE if told.male else Sex.FEMALE)
            if "birth_date" not in self.errors:
                data["birth_date"] = data.get("birth_date") or told.birth_date
        for field in ("birth_date", "sex"):
            if not data.get(field) and field not in self.errors:
                self.add_error(field, self.fields["name"].error_messages["required"])
        return data

    @property
    def whose(self) -> str:
        """Whom the fields speak of: the row, and the name that was typed there."""
        return f"{self.place} {self['name'].value() or ''}".strip()

    def member(self) -> NewMember:
        """The checked row as a member."""
        data = self.cleaned_data
        return NewMember(
            name=data["name"],
            relation=data["relation"],
            sex=data["sex"],
            birth_date=data["birth_date"],
            id_number=data["id_number"],
            phone=data["phone"],
            hukou_kind=data["hukou_kind"],
            hukou_place=data["hukou_place"],
            residence_kind=data["residence_kind"],
            residence_place=data["residence_place"],
            is_another=data["is_another"],
            print_as=data["print_as"],
        )


class HouseholdForm(PlaceForm):
    """A household: its own fields, and rows for its members, of which all that were filled are judged."""

    opened_date = DayField(label=_("建户日期"), required=False, help_text=_("不填为今天"))

    def __init__(self, data: QueryDict | None = None, *, count: int = 0, **options: Any) -> None:
        super().__init__(data, **options)
        self._options = options
        asked = whole_number(data.get("rows", "")) if data is not None else None
        count = max(1, min(count or asked or FIRST_ROWS, MOST_ROWS))
        self.rows = [_row(data if self.is_bound else None, index) for index in range(count)]
        self.can_grow = count < MOST_ROWS

    def rows_of(self, said: QueryDict) -> list[MemberForm]:
        """As many rows as a draft has."""
        self.rows = HouseholdForm(count=whole_number(said.get("rows", "")) or 0, **self._options).rows
        return self.rows

    @property
    def filled_rows(self) -> list[MemberForm]:
        """The rows in which somebody was entered."""
        return [row for row in self.rows if row.is_bound]

    def is_valid(self) -> bool:
        """Judge every form, so that all errors show at once."""
        return all([super().is_valid(), *(row.is_valid() for row in self.filled_rows)])

    def household(self) -> NewHousehold:
        """The checked form as a household."""
        return NewHousehold(members=[row.member() for row in self.filled_rows], **self.cleaned_data)

    def with_more_rows(self) -> "HouseholdForm":
        """Some more rows: what is typed stays, nothing is judged yet."""
        again = HouseholdForm(initial=_typed(self, self.data), count=len(self.rows) + FIRST_ROWS, **self._options)
        for row, old in zip(again.rows, self.rows, strict=False):
            typed = {name: value for name, value in _typed(old, self.data).items() if value}
            row.initial = {**(row.initial or {}), **typed}
        return again


class JoiningForm(MemberForm):
    """A member who joins a household that is there."""

    since = DayField(label=_("加入日期"))


class OfMemberForm(OfferingForm):
    """A form about one of several people, who is chosen in the field ``about``: an error names them."""

    about = "subject"

    @property
    def whose(self) -> str:
        """Whom it is about, in the words of the choice."""
        chosen = str(self[self.about].value())
        choices = self.fields[self.about].choices  # type: ignore[attr-defined]  # a choice field
        return next((str(words) for value, words in choices if str(value) == chosen), "")


class FactForm(OfMemberForm):
    """A fact of the household or of one member; ``value`` is read by the word's unit."""

    subject = forms.ChoiceField(label=_("谁的情况"))
    code = forms.ChoiceField(label=_("情况"))
    value = forms.CharField(
        label=_("内容"),
        required=False,
        max_length=30,
        help_text=_("金额填元，是否填“是”或“否”，其余填整数；不清楚请留空"),
    )
    source = forms.CharField(label=_("信息来源"), max_length=200, help_text=_("如残疾证、工资单、入户走访"))
    as_of = DayField(label=_("截至日期"))

    def __init__(self, *args: Any, words: Mapping[str, FactWord], **options: Any) -> None:
        super().__init__(*args, **options)
        self._words = words
        if words:
            offer(self.fields["code"], [TO_CHOOSE, *((w.code, w.label) for w in words.values())])
        else:
            self.fields["code"] = forms.CharField(
                label=_("情况代码"), max_length=60, help_text=_("小写字母、数字和下划线，如 lives_alone")
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text = str(data.get("value") or "").strip()
        word = self._words.get(str(data.get("code")))
        try:
            data["value"] = _fact_value(text, word.unit if word else "INTEGER")
        except DomainError as error:
            self.add_error("value", caught(error))
        except ValueError:
            self.add_error("value", _("请填写整数，或“是”“否”"))
        return data


class MoveHouseholdForm(PlaceForm):
    """Where the household goes and since when."""

    moved_date = DayField(label=_("迁移日期"))


class MoveResidentForm(forms.Form):
    """Which household the person joins."""

    household_number = forms.CharField(label=_("迁入的家庭"), max_length=16, help_text=_("家庭编号，如 H-000123"))
    relation = CodeField(Relation, _("与新户主关系"))
    moved_date = DayField(label=_("迁移日期"))


class RelationsForm(forms.Form):
    """What every member is to the head, one of them the head; ``members`` are numbers, names, what is kept and told."""

    def __init__(self, *args: Any, members: Sequence[tuple[str, str, Relation, object]], **options: Any) -> None:
        super().__init__(*args, **options)
        for number, name, relation, told in members:
            self.fields[number] = CodeField(Relation, name, initial=relation, help_text=told)


class LeaveForm(forms.Form):
    """Since when somebody lives elsewhere."""

    left_date = DayField(label=_("迁出日期"))


class DeathForm(forms.Form):
    """The day somebody died."""

    died_date = DayField(label=_("去世日期"))
    confirmed = forms.BooleanField(label=_("我已核对死亡证明或社区证明，并核对姓名"))


class DepartureCorrectionForm(forms.Form):
    """A death, departure or move that was recorded wrongly: it was another day, or it did not happen."""

    sometimes_required = ("day",)
    NOT_HAPPENED, OTHER_DAY = "NOT_HAPPENED", "OTHER_DAY"

    what = forms.ChoiceField(
        label=_("哪里登记有误"), choices=[(OTHER_DAY, _("日期不对")), (NOT_HAPPENED, _("没有这回事，恢复原状"))]
    )
    day = DayField(label=_("正确的日期"), required=False, help_text=_("日期不对时填写"))
    reason = forms.CharField(label=_("更正理由"), max_length=200, help_text=_("如核对死亡证明、本人到场"))

    def clean(self) -> dict[str, Any]:
        """Without a day it did not happen."""
        data = super().clean() or self.cleaned_data
        if data.get("what") == self.NOT_HAPPENED:
            data["day"] = None
        elif "what" in data and not data.get("day") and "day" not in self.errors:
            self.add_error("day", self.fields["reason"].error_messages["required"])
        return data


class EndForm(forms.Form):
    """The first day without the guardian."""

    valid_until = DayField(label=_("结束日期"), help_text=_("从这一天起不再是监护人或代理人"))


class LinkForm(OfferingForm):
    """Whose log-in it is; both are looked up."""

    username = forms.CharField(label=_("用户名"), max_length=40)
    number = ResidentField(_("居民编号"), help_text=_("如 R-000123"))

    def clean_username(self) -> User:
        try:
            return user_by_username(self.cleaned_data["username"].strip())
        except User.DoesNotExist as error:
            raise forms.ValidationError(gettext("没有这个用户名")) from error


class ReturnForm(forms.Form):
    """Which household somebody who went away lives in now."""

    household_number = forms.CharField(
        label=_("迁回的家庭"), max_length=16, help_text=_("家庭编号；原家庭已注销的填原编号即恢复")
    )
    relation = CodeField(Relation, _("与户主关系"))
    returned_date = DayField(label=_("迁回日期"))


class CorrectionForm(forms.Form):
    """Fields that may be put right; an empty number or telephone is left as it is."""

    sometimes_required = ("print_as",)

    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = CodeField(Sex, _("性别"))
    birth_date = DayField(label=_("出生日期"))
    id_number = forms.CharField(
        label=_("身份证号"), max_length=30, required=False, help_text=_("只在需要更正时填写新的完整号码")
    )
    phone = forms.CharField(label=_("电话"), max_length=30, required=False, help_text=_("只在需要更正时填写"))
    hukou_kind = CodeField(HukouKind, _("户籍类型"))
    hukou_place = forms.CharField(label=_("户籍地"), max_length=120, required=False)
    residence_kind = CodeField(ResidenceKind, _("居住类型"))
    residence_place = forms.CharField(label=_("居住地"), max_length=120, required=False)
    print_as = forms.CharField(
        label=_("打印写法"), max_length=60, required=False, help_text=_("字库没有的字在文书上怎样写，如〔王+其〕")
    )
    reason = forms.CharField(label=_("更正理由"), max_length=200)

    def changes(self) -> dict[str, str | date]:
        """What the form says, without the numbers that were not retyped."""
        data = {field: value for field, value in self.cleaned_data.items() if field not in ("reason", "print_as")}
        return {field: value for field, value in data.items() if value or field not in ("id_number", "phone")}


class IdentificationForm(OfMemberForm):
    """How and by whom somebody in need was found."""

    subject = forms.ChoiceField(label=_("识别对象"))
    how = CodeField(IdentifiedHow, _("识别途径"), first=TO_CHOOSE)
    by_name = forms.CharField(label=_("识别人或机构"), max_length=60, required=False)
    identified_date = DayField(label=_("识别日期"))


class GuardianForm(OfMemberForm):
    """Who acts for a member: a resident by number, or an outsider by name."""

    about = "ward"
    sometimes_required = ("guardian_number", "guardian_name")

    ward = forms.TypedChoiceField(label=_("被监护人或委托人"), coerce=int)
    kind = CodeField(GuardianshipKind, _("类型"), first=TO_CHOOSE)
    guardian_number = ResidentField(_("居民编号"), required=False, help_text=_("本辖区居民填编号，如 R-000123"))
    guardian_name = forms.CharField(label=_("姓名"), max_length=60, required=False, help_text=_("非本辖区居民填姓名"))
    document = forms.CharField(label=_("证明文件"), max_length=200, help_text=_("如判决书、委托书及编号"))
    valid_from = DayField(label=_("开始日期"))
    valid_until = DayField(label=_("结束日期"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("guardian_number") and data.get("guardian_name"):
            self.add_error("guardian_name", _("居民编号和姓名只填一项"))
        return data


class KinshipForm(OfMemberForm):
    """Somebody related to a member, wherever within reach the relative lives."""

    about = "member"

    member = forms.TypedChoiceField(label=_("家庭成员"), coerce=int)
    kin_number = ResidentField(_("亲属的居民编号"), help_text=_("如 R-000123"))
    relation = CodeField(KinRelation, _("亲属是该成员的"), first=TO_CHOOSE)


class PrintSignForm(forms.Form):
    """What paper shows for a sign that no font has."""

    sign = forms.CharField(label=_("字"), max_length=1, help_text=_("一个字，可从居民姓名中复制"))
    print_as = forms.CharField(label=_("打印写法"), max_length=20, help_text=_("如〔王+其〕或拼音；最多 20 字"))


class ImportForm(forms.Form):
    """The file with households."""

    file = forms.FileField(label=_("表格文件"), help_text=_("Excel（.xlsx）或 CSV，最多 2 万行"))


def _row(data: Mapping[str, Any] | None, index: int) -> MemberForm:
    """A row; with data, the first one and every one with a name, a birth date or a number is judged."""
    prefix = f"m{index}"
    relation = (Relation.HEAD, Relation.SPOUSE)[index] if index < 2 else Relation.CHILD
    filled = ("name", "birth_date", "id_number")
    judged = data is not None and (
        index == 0 or any(str(data.get(f"{prefix}-{field}", "")).strip() for field in filled)
    )
    typed = {"data": data} if judged else {"initial": {"relation": relation}}
    form = MemberForm(**typed, prefix=prefix, use_required_attribute=False)
    form.place = place_text(index)
    return form


def _typed(form: forms.BaseForm, data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data.get(form.add_prefix(name), "") for name in form.fields}


def place_text(index: int) -> str:
    """What the row at a place (from 0) is called: the head's, or the second person's."""
    return gettext("第 %(place)s 人") % {"place": index + 1} if index else gettext("户主")


def _fact_value(text: str, unit: str) -> int | None:
    """A typed value by its unit; empty is not known. Raises MoneyMalformed, ValueError."""
    if not text:
        return None
    if unit == "FEN":
        return int(parse_yuan(text, field="value"))
    yes_or_no = {"是": 1, "有": 1, "yes": 1, "否": 0, "无": 0, "没有": 0, "no": 0}
    return yes_or_no[text.lower()] if text.lower() in yes_or_no else int(text)
