"""Why the registry says no. One place, since single forms and whole files refuse for the same reasons."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError


class HouseholdHeadMissing(DomainError):
    """A household has exactly one head."""

    message = _("每户须有且只有一名户主，这一户没有户主")


class HouseholdHeadRepeated(DomainError):
    """A household has exactly one head."""

    code = "residents.head_repeated"
    message = _("每户只能有一名户主，这一户填写了不止一名")


class HouseholdEmpty(DomainError):
    """A household without members."""

    message = _("请至少填写一名家庭成员")


class NameMissing(DomainError):
    """A person without a name."""

    message = _("请填写姓名")


class NameLong(DomainError):
    """A name longer than any register writes."""

    message = _("姓名最多 60 个字")


class BirthInFuture(DomainError):
    """The birth date is later than today."""

    message = _("出生日期在将来，请核对")


class BirthTooEarly(DomainError):
    """Nobody is that old."""

    message = _("出生日期过早，请核对年份")


class BirthMismatched(DomainError):
    """The birth date differs from the one in the identity number."""

    message = _("出生日期与身份证号不一致，请核对其中一项")


class SexMismatched(DomainError):
    """The sex differs from the one in the identity number."""

    message = _("性别与身份证号不一致，请核对其中一项")


class PhoneMalformed(DomainError):
    """Not a telephone number."""

    message = _("手机号码应为 11 位数字；固定电话连区号 7 至 12 位")


class IdentityRepeated(DomainError):
    """The same number twice in one household or one file."""

    message = _("同一身份证号填写了两次")


class IdentityRegistered(DomainError):
    """Somebody in the actor's area already has the number; ``name`` and ``number`` say who."""

    message = _("该身份证号已登记为 %(name)s（%(number)s），请直接使用原记录")


class IdentityOfSomebodyAway(IdentityRegistered):
    """The number is of somebody who left: they return under their old number."""

    message = _("该身份证号属于 %(day)s 迁出的 %(name)s（%(number)s），请在其档案办理“迁回”，沿用原编号")


class IdentityOfTheDead(IdentityRegistered):
    """The number is of somebody who is recorded as dead: that is true, or it is put right."""

    message = _("该身份证号属于登记为 %(day)s 去世的 %(name)s（%(number)s）；登记有误的请在其档案中更正")


class IdentityRegisteredElsewhere(DomainError):
    """Somebody outside the actor's area has the number: it is not told who or where."""

    message = _("该身份证号已在其他区域登记，请联系街道核对后办理迁入")


class IdentitiesAlike(DomainError):
    """Several numbers of a file that differ in the place alone."""

    message = _("有 %(count)s 个身份证号只有前六位不同（出生日期和后四位都相同），请逐一对照证件核对")


class DoorsTried(DomainError):
    """A file that says several doors for one household that is registered: so looks one that tries them."""

    message = _("表格为同一户已登记的家庭写了 %(count)s 个不同的门牌，没有核对，也没有导入；请按实际住址每户只写一个")


class IdentityJustRegistered(DomainError):
    """Somebody registered one of the numbers between the check and the writing."""

    message = _("其中一个身份证号刚刚被他人登记，请重新提交以查看是哪一个")


class MemberRepeated(DomainError):
    """One household names two people of one name and birth date, and a number is missing."""

    message = _("本户有两名成员同名且同日出生：若是同一人，请只保留一次；若是两人，请分别填写身份证号")


class MemberRegistered(DomainError):
    """The household has this person already: a colleague was quicker, or the number came later."""

    message = _(
        "%(name)s 已登记为本户成员 %(number)s，姓名和出生日期相同，请勿重复登记；"
        "身份证号后来才有的，请在该居民的「更正」中补录"
    )


class NamesakeRegistered(DomainError):
    """Somebody of that name and birth date is registered, and it is not certain that it is somebody else."""

    message = _(
        "%(name)s 与已登记的居民 %(whom)s 姓名和出生日期相同。若是同一人，请不要重复登记，"
        "在该居民的档案中补录身份证号或办理转入；若确是另一人，请勾选「确是另一人」后重新提交"
    )


class NamesakeInFile(DomainError):
    """A row may be somebody who is registered; the file can say so."""

    message = _(
        "%(name)s 可能就是已登记的居民 %(whom)s。若是同一人，请在「居民编号」列填写 %(first)s；"
        "若确是另一人，请在该列填写「新登记」，然后重新导入"
    )


class NewbornRenamed(DomainError):
    """A member without a number was born on that day under another name."""

    message = _(
        "本户已有同日出生、尚无身份证号的成员 %(other)s（%(number)s）。"
        "若 %(name)s 就是此人，请在其「更正」中改正姓名并补录身份证号；"
        "若是另一人（如双胞胎），请勾选「确是另一人」后重新提交"
    )


class RegistryNumberUnknown(DomainError):
    """The file's answer is no resident's number within reach."""

    message = _("「居民编号」应为本辖区居民的编号，如 R-000123，或填「新登记」；没有找到 %(text)s")


class NameUnprintable(DomainError):
    """A name has signs that no font has, and nobody has stated how they are written on paper."""

    message = _(
        "打印字库中没有「%(signs)s」，印在文书上会是方框。请在「打印写法」中填写该字在文书上怎样写，"
        "如〔王+其〕或拼音（几个字按顺序用空格隔开）；档案中的姓名不变"
    )


class PlaceUnknown(DomainError):
    """The place does not exist or is larger than a community."""

    message = _("请选择本社区、网格或楼栋")


class DateInFuture(DomainError):
    """An event cannot be recorded before it happened."""

    code = "residents.date_future"
    message = _("日期不能晚于今天")


class DateTooEarly(DomainError):
    """The event would lie before what is already recorded."""

    message = _("日期不能早于 %(earliest)s")


class DateTooEarlyFor(DateTooEarly):
    """The same of one of several people, by name."""

    message = _("%(name)s：日期不能早于 %(earliest)s")


class ResidentGone(DomainError):
    """The resident died or left: nothing more can happen here, unless that is put right first."""

    code = "residents.gone"
    message = _("%(name)s（%(number)s）已登记去世或迁出，不能办理此事；登记有误的请先在其档案中更正")


class NothingToCorrect(DomainError):
    """Nobody died, left or moved by the records: there is nothing to put right."""

    message = _("%(name)s（%(number)s）没有可更正的去世、迁出或迁移记录")


class PlaceUnchanged(DomainError):
    """A household moves to another place."""

    message = _("该户本来就住在这里；没有搬家的，不用登记迁移")


class DayUnchanged(DomainError):
    """The corrected day is the one recorded."""

    message = _("更正后的日期与登记的相同")


class ResidentNotAway(DomainError):
    """Somebody comes back who did not go away."""

    message = _("%(name)s（%(number)s）没有迁出记录，不需要办理迁回")


class ResidentUnknown(DomainError):
    """There is no such resident or household within reach."""

    message = _("没有找到该居民或家庭")


class HouseholdClosed(DomainError):
    """The household is closed."""

    message = _("家庭 %(number)s 已注销，不能再办理此事")


class CodeMalformed(DomainError):
    """A fact's code is small letters, digits and underscores."""

    message = _("情况代码 %(name)s 格式不正确")


class SourceMissing(DomainError):
    """A fact without a source is a rumour."""

    message = _("请填写信息来源")


class SubjectAmbiguous(DomainError):
    """Exactly one of resident and household."""

    message = _("请指定一名居民或一户家庭")


class SamePerson(DomainError):
    """Nobody is their own guardian or kin."""

    message = _("不能选择本人")


class TieRecorded(DomainError):
    """The tie is there already."""

    message = _("该关系已登记")


class RecordDiffers(DomainError):
    """A file says otherwise than the registry about somebody who is registered."""

    code = "residents.differs"
    message = _("与居民 %(number)s 的登记不同；请在居民档案中更正，或改正表格")


class HouseholdDiffers(DomainError):
    """A file puts people into one household whom the registry has in several, or in another place."""

    message = _("本户成员或住址与登记的家庭不同；请先办理迁移，或改正表格")


class RowsDisagree(DomainError):
    """A file says two places or two doors of one household; ``row`` is the household's first."""

    message = _("与本户第 %(row)s 行不一致；同一户各行请填写相同，或只在一行填写门牌；不是一户的请改户序号")


class PlaceAmbiguous(DomainError):
    """Two places have the name."""

    message = _("有不止一处名为「%(name)s」；请改填区划代码")


class AccountLinked(DomainError):
    """The account or the resident is linked already."""

    message = _("%(name)s（%(number)s）或所选的账号已有关联")


class PostLinked(DomainError):
    """One person works in one account: two would be two hands, and two sets of roles, of one."""

    message = _(
        "%(name)s（%(number)s）已关联一个有岗位的账号，同一个人只用一个账号任职。请系统管理员先结束那个账号的角色，"
        "再关联这一个；原来关联错了的，先存疑核实"
    )


@dataclass(frozen=True)
class RegistrationFault:
    """One refusal within a set: the household's index, the member's index (None: the household), the reason."""

    household: int
    member: int | None
    error: DomainError


class RegistrationRefused(DomainError):
    """Nothing of the set was registered; ``faults`` says why, all at once. The sentence is the first fault's."""

    message = _("登记未完成，共 %(count)s 处需要更正")

    def __init__(self, faults: tuple[RegistrationFault, ...]) -> None:
        super().__init__(field=faults[0].error.field, count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return str(self.faults[0].error) if len(self.faults) == 1 else super().__str__()


# Codes of ``rules.registration`` → refusals.
BY_RULE: dict[str, type[DomainError]] = {
    "no_head": HouseholdHeadMissing,
    "two_heads": HouseholdHeadRepeated,
    "name_missing": NameMissing,
    "name_long": NameLong,
    "birth_future": BirthInFuture,
    "birth_too_early": BirthTooEarly,
    "birth_mismatched": BirthMismatched,
    "sex_mismatched": SexMismatched,
    "phone_malformed": PhoneMalformed,
    "repeated": IdentityRepeated,
    "member_repeated": MemberRepeated,
}
