"""Words of the registry, stored as codes."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.kernel.tones import Tone, toned


class Sex(TextChoices):
    """GB/T 2261.1."""

    MALE = "MALE", _("男")
    FEMALE = "FEMALE", _("女")


class Relation(TextChoices):
    """A member's relation to the head of the household (GB/T 4761, shortened)."""

    HEAD = "HEAD", _("户主")
    SPOUSE = "SPOUSE", _("配偶")
    CHILD = "CHILD", _("子女")
    CHILD_IN_LAW = "CHILD_IN_LAW", _("儿媳或女婿")
    GRANDCHILD = "GRANDCHILD", _("孙子女或外孙子女")
    PARENT = "PARENT", _("父母")
    PARENT_IN_LAW = "PARENT_IN_LAW", _("公婆或岳父母")
    GRANDPARENT = "GRANDPARENT", _("祖父母或外祖父母")
    SIBLING = "SIBLING", _("兄弟姐妹")
    OTHER_RELATIVE = "OTHER_RELATIVE", _("其他亲属")
    NON_RELATIVE = "NON_RELATIVE", _("非亲属")


class HukouKind(TextChoices):
    """Where the household registration 户籍 lies."""

    HERE = "HERE", _("本社区户籍")
    ELSEWHERE = "ELSEWHERE", _("外地户籍")
    COLLECTIVE = "COLLECTIVE", _("集体户口")
    NONE = "NONE", _("未落户")
    UNKNOWN = "UNKNOWN", _("未登记")


class ResidenceKind(TextChoices):
    """Where the person really lives 居住."""

    PERMANENT = "PERMANENT", _("常住")
    TEMPORARY = "TEMPORARY", _("暂住")
    AWAY = "AWAY", _("人户分离")


class ClosedReason(TextChoices):
    """Why a household is no longer kept."""

    ALL_DIED = "ALL_DIED", _("成员均已去世")
    ALL_LEFT = "ALL_LEFT", _("成员均已迁出")


class IdentifiedHow(TextChoices):
    """By which way somebody in need was found (S2 三.1)."""

    CENSUS = "CENSUS", _("社区普查")
    COMMITTEE = "COMMITTEE", _("居委会推荐")
    ORGANISATION = "ORGANISATION", _("社会组织协助")
    SELF = "SELF", _("本人申请")


class GuardianshipKind(TextChoices):
    GUARDIAN = "GUARDIAN", _("监护人")
    PROXY = "PROXY", _("委托代理人")


class KinRelation(TextChoices):
    """What ``b`` is to ``a``."""

    SPOUSE = "SPOUSE", _("配偶")
    PARENT = "PARENT", _("父母")
    CHILD = "CHILD", _("子女")
    SIBLING = "SIBLING", _("兄弟姐妹")
    GRANDPARENT = "GRANDPARENT", _("祖父母或外祖父母")
    GRANDCHILD = "GRANDCHILD", _("孙子女或外孙子女")
    IN_LAW = "IN_LAW", _("姻亲")
    OTHER = "OTHER", _("其他亲属")


# The same bond seen from the other side.
INVERSE_KIN = {
    KinRelation.SPOUSE: KinRelation.SPOUSE,
    KinRelation.PARENT: KinRelation.CHILD,
    KinRelation.CHILD: KinRelation.PARENT,
    KinRelation.SIBLING: KinRelation.SIBLING,
    KinRelation.GRANDPARENT: KinRelation.GRANDCHILD,
    KinRelation.GRANDCHILD: KinRelation.GRANDPARENT,
    KinRelation.IN_LAW: KinRelation.IN_LAW,
    KinRelation.OTHER: KinRelation.OTHER,
}


class Bond(TextChoices):
    """Why somebody may not assess a household: what links the person to it."""

    OWN_HOUSEHOLD = "OWN_HOUSEHOLD", _("本人所在家庭")
    KIN = "KIN", _("近亲属")
    GUARDIAN = "GUARDIAN", _("监护人或代理人")
    FORMER_HOUSEHOLD = "FORMER_HOUSEHOLD", _("曾同户的家庭成员")


@toned(STANDING=Tone.OK, DOUBTED=Tone.LATE, ENDED=Tone.PAUSED)
class LinkState(TextChoices):
    """How the link of a log-in to a resident stands; doubted shows nothing of the family, and bars all the same."""

    STANDING = "STANDING", pgettext_lazy("link", "有效")
    DOUBTED = "DOUBTED", pgettext_lazy("link", "存疑待核")
    ENDED = "ENDED", pgettext_lazy("link", "已解除")


class DepartureKind(TextChoices):
    """What ended a presence."""

    DIED = "DIED", _("去世")
    LEFT = "LEFT", _("迁出")
    MOVED = "MOVED", _("迁往其他社区")
    REHOUSED = "REHOUSED", _("转入其他家庭")
    CLOSED = "CLOSED", _("家庭已注销")


class SealedField(TextChoices):
    """Fields that are masked until somebody states a purpose."""

    ID_NUMBER = "id_number", _("身份证号")
    PHONE = "phone", _("电话")
    ADDRESS = "address", _("住址")


class EventKind(TextChoices):
    """What a line of a household's history says."""

    OPENED = "OPENED", _("登记建户")
    JOINED = "JOINED", _("加入家庭")
    BECAME = "BECAME", _("户内关系变更")
    DEPARTED = "DEPARTED", _("离开家庭")
    DIED = "DIED", _("去世")
    MOVED = "MOVED", _("全户迁移")
    CLOSED = "CLOSED", _("家庭注销")
    FACT = "FACT", _("记录情况")
    IDENTIFIED = "IDENTIFIED", _("识别发现")
    GUARDIAN = "GUARDIAN", _("登记监护或代理")
    CORRECTED = "CORRECTED", _("更正信息")
    READ = "READ", _("查看档案")
    UNMASKED = "UNMASKED", _("查看完整信息")


class NumberKind(StrEnum):
    """What is masked and somebody types whole, as the trail notes it."""

    IDENTITY = "identity number"
    TELEPHONE = "telephone"
    DOOR = "door"
