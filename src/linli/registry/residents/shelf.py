"""What this room adds to what is shared: words of its acts, doubted links that wait, what can be found, how often."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.keyset import number_of
from linli.foundation.data.scope import Scope
from linli.foundation.screens import families
from linli.foundation.screens.finding import MOST, Found, Kind, Wanted, as_name, kinds, numbered, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.foundation.screens.work import Pile, Todo, awaiting, work
from linli.foundation.trail import words
from linli.ground.notifications.queries import addressees
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority
from linli.ground.users.queries.doubts import SINCE, doubts
from linli.ground.users.queries.persons import same_person
from linli.kernel.tones import Tone
from linli.registry.residents import family
from linli.registry.residents.models import Household
from linli.registry.residents.operations import seek
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import (
    all_residents,
    head_names,
    households,
    links,
    links_to_settle,
    own_family,
    places_named,
    relations_presumed,
    residents_written_to,
)
from linli.registry.residents.queries.measures import ACCOUNTS_OF_NOBODY
from linli.registry.residents.queries.near import accounts_of_one_resident
from linli.registry.residents.steps import LINKS

same_person.put({"residents.links": accounts_of_one_resident})
_LINK = _("账号关联")
words.acts.put(
    {
        "residents.add_guardian": pgettext_lazy("audit", "登记监护或代理"),
        "residents.link_worker": pgettext_lazy("audit", "关联工作人员的账号"),
        "residents.add_kinship": pgettext_lazy("audit", "登记亲属"),
        "residents.add_member": pgettext_lazy("audit", "添加家庭成员"),
        "residents.correct_resident": pgettext_lazy("audit", "更正居民信息"),
        "residents.end_guardian": pgettext_lazy("audit", "结束监护或代理"),
        "residents.identify": pgettext_lazy("audit", "记录识别途径"),
        "residents.import_households": pgettext_lazy("audit", "导入家庭与居民"),
        "residents.leave": pgettext_lazy("audit", "登记迁出"),
        "residents.link_account": pgettext_lazy("audit", "关联居民账号"),
        "residents.doubt_link": pgettext_lazy("audit", "账号关联存疑"),
        "residents.keep_link": pgettext_lazy("audit", "恢复账号关联"),
        "residents.end_link": pgettext_lazy("audit", "解除账号关联"),
        "residents.unlink_worker": pgettext_lazy("audit", "解除工作人员的账号关联"),
        "residents.move_household": pgettext_lazy("audit", "全户迁移"),
        "residents.move_resident": pgettext_lazy("audit", "转入其他家庭"),
        "residents.record_circumstances": pgettext_lazy("audit", "记录情况"),
        "residents.correct_departure": pgettext_lazy("audit", "更正去世、迁出或转户"),
        "residents.correct_household_move": pgettext_lazy("audit", "更正全户迁移"),
        "residents.return_resident": pgettext_lazy("audit", "办理迁回"),
        "residents.state_relations": pgettext_lazy("audit", "核对户内关系"),
        "residents.state_print_sign": pgettext_lazy("audit", "填写打印写法"),
        "residents.record_death": pgettext_lazy("audit", "登记去世"),
        "residents.register_households": pgettext_lazy("audit", "登记家庭"),
        "residents.note_number": pgettext_lazy("audit", "按完整号码核对"),
        "residents.stop_numbers": pgettext_lazy("audit", "完整号码核对到每日上限"),
        "residents.unmask": pgettext_lazy("audit", "查看完整信息"),
    }
)
words.subjects.put(
    {
        "household": pgettext_lazy("audit", "家庭"),
        "resident": pgettext_lazy("audit", "居民"),
        "facts": pgettext_lazy("audit", "情况"),
        "identified": pgettext_lazy("audit", "识别"),
        "households": pgettext_lazy("audit", "居民清单"),
        "people": pgettext_lazy("audit", "居民名册"),
        "search": pgettext_lazy("audit", "查找居民"),
        "import": pgettext_lazy("audit", "导入"),
        "print_sign": pgettext_lazy("audit", "打印写法"),
        "links": _LINK,
    }
)

lights.put(
    {
        "residents.unmasked": Light(_("查看完整信息"), doubts("residents.unmask"), (Role.AUDITOR,), note=SINCE),
        "residents.numbers_stopped": Light(
            _("按完整号码反复核对"), doubts("residents.stop_numbers"), (Role.AUDITOR,), note=SINCE
        ),
        "residents.links": Light(
            _("工作人员账号的关联"),
            doubts("residents.link_worker", "residents.unlink_worker"),
            (Role.AUDITOR,),
            Tone.SOON,
            note=SINCE,
        ),
        "residents.accounts_of_nobody": Light(
            _("没有岗位的账号"), ACCOUNTS_OF_NOBODY, (Role.ADMINISTRATOR,), Tone.SOON
        ),
    }
)


def _people(wanted: Wanted) -> Iterator[Found]:
    """Whom the text fits, best kind of match first."""
    for one in seek(wanted.act, wanted.scope, wanted.text, limit=MOST + 1):
        lead = joined_by_dot(one.sex.label, day_text(one.birth_date), one.household_number, one.number)
        gone = (gettext("已去世或迁出"), Tone.PAUSED) if one.is_gone else None
        yield Found(one.name, "resident_detail", (one.number,), "", lead, gone, one.stamp, one.number)


def _places(wanted: Wanted) -> Iterator[Found]:
    """Grids and buildings by name: the households there."""
    for row in places_named(wanted.scope, wanted.text, limit=MOST):
        yield Found(row.name, "resident_list", (), f"?place={row.code}", row.kind.label, where=row.stamp)


def _all_households(scope: Scope) -> QuerySet[Household]:
    return households(scope, closed=None)


def _relations(person: Authority, on: date) -> Iterator[Pile]:
    """Families whose head went: what the others are to the new one was worked out, and nobody has said it."""
    scope = person.scope(*REGISTRARS)
    rows = relations_presumed(scope, but=own_family(person, on).units) if scope else None
    kind, title, verb = "RELATIONS", _("核对户内关系"), pgettext_lazy("verb", "核对")

    def first(number: int) -> Sequence[Todo]:
        page = list(rows[:number]) if rows is not None else []
        heads, why = head_names(row.pk for row in page), _("户主变更，其他成员与新户主的关系是推定的")
        told = [(row.number, heads.get(row.pk, "")) for row in page]
        return [
            Todo(kind, title, number, "household_relations", (number,), verb=verb, who=who, because=why)
            for number, who in told
        ]

    total = number_of(rows) if rows is not None else 0
    if total:
        yield Pile(kind, title, total, first)


_HOME, _PERSON = pgettext_lazy("audit", "家庭"), pgettext_lazy("audit", "居民")
_H, _R = series("H", 6, yearly=False), series("R", 6, yearly=False)
_GL = series("GL")
numbered("residents.household", _HOME, REGISTRY_ROLES, _H, "household_detail", _all_households)
numbered("residents.resident", _PERSON, REGISTRY_ROLES, _R, "resident_detail", all_residents)
numbered("residents.link", _LINK, (*REGISTRY_ROLES, Role.ADMINISTRATOR), _GL, "link_detail", links)
work.put(
    {
        "residents.links": awaiting(LINKS, _LINK, "link_detail", {"end": links_to_settle}),
        "residents.relations": _relations,
    }
)
addressees.put(dict.fromkeys(("links", "guardians"), residents_written_to))
families.parts.put({"residents": family.part})
families.stories.put({"residents": family.story})
kinds.put(
    {
        "residents.people": Kind(_PERSON, REGISTRY_ROLES, str.strip, _people),
        "residents.place": Kind(_("网格或楼栋"), REGISTRY_ROLES, as_name, _places),
    }
)
habits.put(
    {
        "residents.events": Habit(
            Rhythm.DAY, REGISTRARS, _("有人出生、去世、搬来或搬走，当天登记到家庭。"), "resident_list"
        ),
        "residents.census": Habit(
            Rhythm.NEEDED, REGISTRARS, _("普查或名单成批导入，逐行改正后再导。"), "household_import"
        ),
        "residents.household": Habit(Rhythm.NEEDED, REGISTRARS, _("没有登记过的家庭，先登记家庭。"), "household_new"),
    }
)
