"""Record what is known: facts, how somebody was found, who acts for whom and until when, who is related."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import Said
from linli.foundation.screens.pages import there
from linli.kernel.act import Act
from linli.registry.residents import operations
from linli.registry.residents.operations import NewFact, NewIdentification
from linli.registry.residents.queries import HouseholdDetail, resident_detail
from linli.registry.residents.queries.vocabulary import words
from linli.registry.residents.web.forms import EndForm, FactForm, GuardianForm, IdentificationForm, KinshipForm
from linli.registry.residents.web.views.desk import HouseholdAct


class KnownAct(HouseholdAct):
    """What is known of the household or of a member."""

    def offers(self) -> Mapping[str, Any]:
        members = [(member.person.number, member.person.name) for member in self.row.members]
        return {"subject": [(self.row.number, gettext("全户")), *members]}

    def known(self, said: Said) -> dict[str, Any]:
        """What the form says, its subject as an id: it offers the household and its members alone."""
        data = dict(said)
        number = data.pop("subject")
        if number == self.row.number:
            return {**data, "household_id": self.row.household_id}
        return {
            **data,
            "resident_id": next(m.person.resident_id for m in self.row.members if m.person.number == number),
        }


class NewFactPage(KnownAct):
    """A fact of the household or of a member, with its source and date."""

    title, submit, done = _("记录情况"), _("记录"), _("已记录情况")
    form = FactForm
    today = "as_of"

    def options(self) -> Mapping[str, Any]:
        return {**super().options(), "words": words()}

    def run(self, act: Act, said: Said) -> object:
        return operations.record_circumstances(act, facts=[NewFact(**self.known(said))])


class Identify(KnownAct):
    """How and by whom the household or a member was found."""

    title, submit, done = _("记录识别途径"), _("记录"), _("已记录识别途径")
    form = IdentificationForm
    today = "identified_date"

    def run(self, act: Act, said: Said) -> object:
        return operations.identify(act, identifications=[NewIdentification(**self.known(said))])


class TieAct(HouseholdAct):
    """Who belongs to a member, within reach: members by id, others by what finds the id of a number."""

    def offers(self) -> Mapping[str, Any]:
        members = [(member.person.resident_id, member.person.name) for member in self.row.members]
        return {name: self._found if name.endswith("_number") else members for name in self.called}

    def _found(self, number: str) -> int | None:
        found = resident_detail(self.desk.reads, number, on=self.desk.on)
        return found.person.resident_id if found else None


AddGuardian = TieAct.doing(
    operations.add_guardian,
    "",
    form=GuardianForm,
    today="valid_from",
    called={"ward": "ward_id", "guardian_number": "guardian_id"},
    title=_("登记监护或代理"),
    submit=_("登记"),
    done=_("已登记监护或代理"),
)
AddKinship = TieAct.doing(
    operations.add_kinship,
    "",
    form=KinshipForm,
    called={"member": "a_id", "kin_number": "b_id"},
    title=_("登记亲属"),
    submit=_("登记"),
    done=_("已登记亲属"),
)


class EndGuardian(HouseholdAct):
    """A guardianship of a member ends on a day."""

    title, submit, done = _("结束监护或代理：%(guardian)s"), _("结束"), _("监护或代理已结束")
    form = EndForm
    today = "valid_until"
    operation = operations.end_guardian
    of = "guardianship_id"

    def find(self, number: str, guardianship_id: int = 0) -> HouseholdDetail:
        household = super().find(number)
        self.tie = there(next((one for one in household.guardians if one.guardianship_id == guardianship_id), None))
        return household

    def pk(self) -> int:
        return self.tie.guardianship_id

    def words(self) -> Mapping[str, object]:
        return {"guardian": self.tie.guardian_name}
