"""Moves, departures, deaths; typing errors; what of it was recorded wrongly."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import Said
from linli.foundation.screens.texts import day_text, joined_apart
from linli.kernel.act import Act
from linli.registry.residents import operations
from linli.registry.residents.codes import DepartureKind, Relation
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import (
    is_presumed,
    last_departure,
    last_household,
    last_move,
    relation_on_return,
    visible_household,
)
from linli.registry.residents.web.forms import (
    CorrectionForm,
    DeathForm,
    DepartureCorrectionForm,
    LeaveForm,
    MoveHouseholdForm,
    MoveResidentForm,
    RelationsForm,
    ReturnForm,
)
from linli.registry.residents.web.views.desk import HouseholdAct, ResidentAct

# What the form begins with; numbers are masked and typed anew or left.
_SHOWN = ("name", "sex", "birth_date", "hukou_kind", "hukou_place", "residence_kind", "residence_place")


class MoveHousehold(HouseholdAct):
    """The whole household moves within reach of the person."""

    title, submit, done = _("全户迁移"), _("办理迁移"), _("已办理迁移")
    form = MoveHouseholdForm
    today = "moved_date"
    operation = operations.move_household
    of = "household_id"
    versioned = True

    def options(self) -> Mapping[str, Any]:
        return {"reach": self.desk.reads}


class Relations(HouseholdAct):
    """What everybody is to the head: asked where the head went, put right where it was wrong."""

    title, submit, done = _("核对户内关系"), _("确认户内关系"), _("已核对户内关系")
    lead = _("按现在的户主逐人填写；标明推定的，是户主变更时按与原户主的关系推出来的，没有人核实过。")
    form = RelationsForm
    operation = operations.state_relations
    of = "household_id"
    versioned = True

    def options(self) -> Mapping[str, Any]:
        told = gettext("推定，请核对")
        members = [(one.person, one.relation, told if one.presumed else "") for one in self.row.members]
        return {"members": [(person.number, person.name, relation, hint) for person, relation, hint in members]}

    def run(self, act: Act, said: Said) -> Any:
        ids = {one.person.number: one.person.resident_id for one in self.row.members}
        return super().run(act, {"relations": {ids[number]: relation for number, relation in said.items()}})


class ToHousehold(ResidentAct):
    """One person goes to a household, which the form names by number."""

    of = "resident_id"
    called = {"household_number": "household_id"}
    versioned = True

    def run(self, act: Act, said: Said) -> Any:
        home = visible_household(self.desk.person.scope(*REGISTRARS), said["household_number"])
        return super().run(act, {**said, "household_number": home})


class Departing(ResidentAct):
    """One person is no longer in the household: where the head went, what the others are to the next one is asked."""

    def told(self, result: Any) -> str:
        words = super().told(result)
        if not (self.house() and is_presumed(self.house())):
            return words
        return joined_apart([words, gettext("户主已变更，其他成员与新户主的关系是推定的，请核对户内关系")])


class MoveResident(ToHousehold, Departing):
    """One person joins another household."""

    title, submit, done = _("%(name)s 转入其他家庭"), _("办理转入"), _("已转入新的家庭")
    form = MoveResidentForm
    operation = operations.move_resident

    def initial(self) -> Mapping[str, Any]:
        return {"moved_date": self.desk.on, "relation": Relation.OTHER_RELATIVE}


Leave = Departing.doing(
    operations.leave,
    "resident_ids",
    form=LeaveForm,
    today="left_date",
    title=_("%(name)s 迁出"),
    submit=_("办理迁出"),
    done=_("已办理迁出"),
)
Death = Departing.doing(
    operations.record_death,
    "resident_ids",
    form=DeathForm,
    called={"confirmed": ""},
    title=_("登记 %(name)s 去世"),
    submit=_("登记去世"),
    done=_("已登记去世"),
)


class Correct(ResidentAct):
    """Typing errors of one person."""

    title, submit, done = _("更正 %(name)s 的信息"), _("保存更正"), _("已更正")
    form = CorrectionForm
    operation = operations.correct_resident
    of = "resident_id"
    versioned = True

    def initial(self) -> Mapping[str, Any]:
        return {field: getattr(self.row.person, field) for field in _SHOWN}

    def run(self, act: Act, said: Said) -> Any:
        told = {"reason": said["reason"], "print_as": said["print_as"]}
        return super().run(act, {**told, "changes": self.filled.changes()})

    def house(self) -> str:
        return self.row.household_number or last_household(self.row.person.resident_id)


# --- a wrong death, departure or move is put right; who went away comes back ------------------------


class CorrectDeparture(ResidentAct):
    """The last death, departure or move of a person was recorded wrongly. 403 when there is none."""

    lead = _("现登记为 %(day)s。恢复原状后，本人回到原家庭，因此终止的待遇、多付挂账一并恢复。")
    submit, done = _("保存更正"), _("已更正；因此终止的待遇和多付挂账已一并处理")
    titles = {
        DepartureKind.DIED: _("更正 %(name)s 的去世登记"),
        DepartureKind.LEFT: _("更正 %(name)s 的迁出登记"),
        DepartureKind.REHOUSED: _("更正 %(name)s 转入其他家庭的登记"),
    }
    form = DepartureCorrectionForm
    operation = operations.correct_departure
    of = "resident_id"
    called = {"what": ""}
    versioned = True

    def may(self) -> bool:
        departed = last_departure(self.pk())
        if departed:
            self.day, self.title = departed.day, self.titles[departed.kind]
        return departed is not None

    def initial(self) -> Mapping[str, Any]:
        return {"day": self.day}

    def words(self) -> Mapping[str, object]:
        return {"name": self.row.person.name, "day": day_text(self.day)}

    def house(self) -> str:
        return last_household(self.row.person.resident_id)


class CorrectMove(HouseholdAct):
    """A household's last move was recorded wrongly. 403 when it never moved."""

    title, submit, done = _("更正全户迁移的登记"), CorrectDeparture.submit, CorrectDeparture.done
    lead = _("现登记为 %(day)s 迁移。恢复原状后，全户回到原住址和原社区。")
    form = DepartureCorrectionForm
    operation = operations.correct_household_move
    of = "household_id"
    called = {"what": "", "day": "moved_date"}
    versioned = True

    def may(self) -> bool:
        self.day = last_move(self.pk())
        return self.day is not None

    def initial(self) -> Mapping[str, Any]:
        return {"day": self.day}

    def words(self) -> Mapping[str, object]:
        return {"day": day_text(self.day)}


class Return(ToHousehold):
    """Somebody who left comes back under the old number. 403 for who did not leave."""

    title, submit, done = _("%(name)s 迁回"), _("办理迁回"), _("已办理迁回，沿用原编号")
    lead = _("%(day)s 迁出。迁回后沿用原编号；迁出时终止的待遇须重新申请。")
    form = ReturnForm
    operation = operations.return_resident

    def may(self) -> bool:
        return self.row.person.left_date is not None and self.row.person.died_date is None

    def initial(self) -> Mapping[str, Any]:
        relation = relation_on_return(self.row.person.resident_id)
        return {"household_number": self.house(), "returned_date": self.desk.on, "relation": relation}

    def words(self) -> Mapping[str, object]:
        return {"name": self.row.person.name, "day": day_text(self.row.person.left_date)}

    def house(self) -> str:
        return last_household(self.row.person.resident_id)
