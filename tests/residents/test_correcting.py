from dataclasses import replace
from datetime import date

import pytest

from linli.foundation.data.crypto import open_sealed
from linli.foundation.data.locks import FormStale
from linli.foundation.trail.acts import NotSure
from linli.foundation.trail.models import ActKey, AuditEntry
from linli.ground.users.operations.looking import PurposeUnknown
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.registry.residents.codes import SealedField
from linli.registry.residents.models import Correction, Resident
from linli.registry.residents.operations import RegistrationRefused, correct_resident, register_households, unmask
from linli.registry.residents.operations.refusals import (
    IdentityRegistered,
    ResidentUnknown,
)
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import id_number, person, single


@pytest.fixture
def man(household) -> Resident:
    return Resident.objects.get(name="王建国")


class TestCorrectResident:
    def test_changes_the_name_and_what_finds_it(self, clerk, man):
        correct_resident(clerk, resident_id=man.pk, changes={"name": "王建强"}, reason="录入错误")

        man.refresh_from_db()
        assert (man.name, man.pinyin_key) == ("王建强", b"wangjianqiang".hex())

    @pytest.mark.parametrize("changes", [{"name": "王建强"}, {"id_number": id_number(date(1950, 5, 1), 9, male=True)}])
    def test_who_somebody_is_is_changed_by_who_has_just_shown(self, clerk, man, changes):
        with pytest.raises(NotSure):
            correct_resident(replace(clerk, sure=False), resident_id=man.pk, changes=changes, reason="录入错误")

        man.refresh_from_db()
        assert man.name == "王建国"

    def test_a_telephone_is_changed_without(self, clerk, man):
        unsure = replace(clerk, sure=False)
        correct_resident(unsure, resident_id=man.pk, changes={"phone": "13900139000", "name": man.name}, reason="换号")

        assert Correction.objects.count() == 1

    def test_keeps_the_old_value_sealed(self, clerk, man):
        correct_resident(clerk, resident_id=man.pk, changes={"phone": "13900139000"}, reason="换号")

        kept = Correction.objects.get()
        assert open_sealed(kept.old_envelope, aad=f"residents_correction|{kept.row_key}|old") == "13800138000"

    def test_leaves_alone_what_does_not_differ(self, clerk, man):
        correct_resident(clerk, resident_id=man.pk, changes={"name": man.name, "sex": man.sex}, reason="核对")

        assert not Correction.objects.exists()

    def test_changes_number_and_birth_date_together(self, clerk, man):
        birth = date(1951, 5, 1)
        changes = {"birth_date": birth, "id_number": id_number(birth, 1, male=True)}
        correct_resident(clerk, resident_id=man.pk, changes=changes, reason="身份证更正")

        man.refresh_from_db()
        assert man.birth_date == birth

    def test_refuses_a_birth_date_against_the_number(self, clerk, man):
        with pytest.raises(RegistrationRefused, match="不一致"):
            correct_resident(clerk, resident_id=man.pk, changes={"birth_date": date(1951, 5, 1)}, reason="更正")

    def test_refuses_another_residents_number(self, clerk, man, community: Community):
        other = person("王强", order=9)
        register_households(clerk, households=[single(community.grid.pk, other)])

        with pytest.raises(RegistrationRefused) as refusal:
            correct_resident(clerk, resident_id=man.pk, changes={"id_number": other.id_number}, reason="更正")
        assert isinstance(refusal.value.faults[0].error, IdentityRegistered)

    def test_needs_a_reason(self, clerk, man):
        with pytest.raises(ReasonMissing):
            correct_resident(clerk, resident_id=man.pk, changes={"name": "王强"}, reason=" ")

    def test_refuses_a_form_that_somebody_overtook(self, clerk, man):
        correct_resident(clerk, resident_id=man.pk, changes={"name": "王强"}, reason="更正", version=1)

        with pytest.raises(FormStale):
            correct_resident(clerk, resident_id=man.pk, changes={"name": "王刚"}, reason="更正", version=1)


class TestUnmask:
    def test_gives_the_whole_number(self, clerk, man):
        shown = unmask(clerk, resident_id=man.pk, field=SealedField.ID_NUMBER, purpose="IDENTITY")

        assert shown.text == id_number(date(1950, 5, 1), 1, male=True)

    def test_gives_the_door(self, clerk, household):
        shown = unmask(clerk, household_id=household.pk, field=SealedField.ADDRESS, purpose="VISIT")

        assert shown.text == "2 单元 301"

    def test_is_written_with_its_purpose_and_without_the_value(self, clerk, man):
        unmask(clerk, resident_id=man.pk, field=SealedField.PHONE, purpose="CALL")

        entry = AuditEntry.objects.order_by("-pk").first()
        assert (entry.act, entry.subject) == ("residents.unmask", "resident:R-000001")
        assert '"purpose":"CALL"' in entry.note
        assert "13800138000" not in entry.note

    def test_the_value_is_not_kept_with_the_idempotency_key(self, man, staff: Staff):
        act = Act(staff.clerk, at(MONDAY), "a" * 32)
        unmask(act, resident_id=man.pk, field=SealedField.PHONE, purpose="CALL")

        assert ActKey.objects.get(key="a" * 32).outcome == "null"

    def test_needs_a_purpose(self, clerk, man):
        with pytest.raises(PurposeUnknown):
            unmask(clerk, resident_id=man.pk, field=SealedField.PHONE, purpose="")

    @pytest.mark.parametrize(("purpose", "detail"), [("x", ""), ("OTHER", ""), ("OTHER", "  五个字啊  ")])
    def test_the_purpose_is_one_of_the_list_or_has_words(self, clerk, man, purpose, detail):
        with pytest.raises(PurposeUnknown):
            unmask(clerk, resident_id=man.pk, field=SealedField.PHONE, purpose=purpose, detail=detail)

    def test_needs_somebody(self, clerk):
        with pytest.raises(ResidentUnknown):
            unmask(clerk, resident_id=999_999, field=SealedField.PHONE, purpose="CALL")

    @pytest.mark.parametrize("role", ["volunteer", "maker", "outsider", "administrator"])
    def test_refuses_who_may_not_read_there(self, man, staff: Staff, role):
        act = Act(getattr(staff, role), at(MONDAY))

        with pytest.raises(NotPermitted):
            unmask(act, resident_id=man.pk, field=SealedField.PHONE, purpose="CALL")
