"""Papers come, are waived or promised; the last missing one starts the clock again."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.models import Application, Clock, Paper
from linli.aid.assistance.operations import PaperRecord, ask_for_supplement, record_papers, withdraw
from linli.aid.assistance.operations.common import ApplicationNotFound, TextTooLong
from linli.aid.assistance.operations.papers import (
    PaperDateImpossible,
    PaperNeedsOffice,
    PaperNotDemanded,
    PaperNoteMissing,
    PaperNotPromisable,
    PaperNotWaivable,
    PapersClosed,
)
from linli.foundation.data.locks import FormStale
from linli.foundation.files.uploads import store
from linli.foundation.screens.pages import sentence
from linli.ground.users.operations import create_user
from linli.kernel.act import Act
from linli.registry.residents.operations import link_account
from tests.assistance.world import World, fresh, not_refused
from tests.conftest import MONDAY, system_act
from tests.foundation.files.builders import pdf

CERTIFICATE = "LOW_INCOME_CERTIFICATE"


def bring(
    world: World, application: Application, *papers: PaperRecord, day: date = MONDAY, **other: int
) -> Application:
    return record_papers(
        world.act(world.staff.clerk, day), application_id=application.pk, papers=papers, version=other.get("version")
    )


class TestRecordPapers:
    @pytest.mark.parametrize(
        ("issued", "expires"),
        [
            (date(2026, 3, 2), date(2027, 3, 2)),
            (date(2026, 1, 31), date(2027, 1, 31)),
            (date(2024, 2, 29), date(2025, 2, 28)),
        ],
    )
    def test_a_paper_expires_when_the_pack_says(self, world: World, issued: date, expires: date) -> None:
        application = world.received(without=[CERTIFICATE])

        bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=issued))

        assert Paper.objects.get(code=CERTIFICATE).expires_date == expires

    @pytest.mark.parametrize("issued", [None, date(2026, 3, 2)])
    def test_papers_without_a_term_never_expire(self, world: World, issued: date | None) -> None:
        application = world.received(without=["IDENTITY_CARD"])

        bring(world, application, PaperRecord("IDENTITY_CARD", PaperState.PRESENT, issued_date=issued))

        assert Paper.objects.get(code="IDENTITY_CARD").expires_date is None

    def test_keeps_the_upload(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        record = PaperRecord(
            CERTIFICATE,
            PaperState.PRESENT,
            file_key=store(pdf()),
            file_name="a.pdf",
            file_sha256="5" * 64,
            file_type="PDF",
        )

        bring(world, application, record)

        paper = Paper.objects.get(code=CERTIFICATE)
        assert (paper.file_key, paper.file_name, paper.file_sha256, paper.file_type) == (
            store(pdf()),
            "a.pdf",
            "5" * 64,
            "PDF",
        )
        assert str(paper) == "LOW_INCOME_CERTIFICATE PRESENT"

    def test_grows_the_version_so_that_a_stale_form_is_noticed(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT), version=1)

        with pytest.raises(FormStale):
            bring(world, application, PaperRecord(CERTIFICATE, PaperState.MISSING), version=1)

    def test_the_last_missing_paper_resumes_the_clock_with_what_was_left(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE, "IDENTITY_CARD"])
        # Two of five days are used on Wednesday; papers come on Monday the 23rd: three are left.
        ask_for_supplement(world.act(world.staff.clerk, date(2026, 3, 11)), application_id=application.pk)
        day = date(2026, 3, 23)
        bring(world, application, PaperRecord("IDENTITY_CARD", PaperState.PRESENT), day=day)
        assert fresh(application).state == "AWAITING_PAPERS"

        bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT), day=day)

        clock = Clock.objects.get(application=application)
        assert fresh(application).state == "RECEIVED"
        assert (clock.due_date, clock.used_days, clock.paused_date) == (date(2026, 3, 26), 2, None)

    def test_papers_recorded_outside_a_supplement_change_no_clock(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        before = Clock.objects.values().get()

        bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT))

        assert Clock.objects.values().get() == before

    def test_a_restarted_clock_has_its_whole_time_again(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        pack = replace(world.pack, intake=replace(world.pack.intake, clock_after_supplement="RESTART"))
        application = world.received(without=[CERTIFICATE])
        ask_for_supplement(world.act(world.staff.clerk, date(2026, 3, 11)), application_id=application.pk)
        monkeypatch.setattr("linli.aid.assistance.operations.intake.pack_of", lambda _version: pack)

        bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT), day=date(2026, 3, 23))

        clock = Clock.objects.get(application=application)
        assert (clock.started_date, clock.due_date, clock.used_days) == (date(2026, 3, 23), date(2026, 3, 30), 0)

    def test_nobody_waits_for_the_papers_of_a_case_that_is_over(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        withdraw(world.act(world.staff.clerk), application_id=application.pk)

        with pytest.raises(PapersClosed):
            bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT))

        assert application.papers.get(code=CERTIFICATE).state == "MISSING"

    def test_the_family_uploads_for_itself(self, world: World) -> None:
        family = world.family()
        resident = create_user(system_act(), username="old-wang", name="王建国")
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        application = world.received(family, without=[CERTIFICATE])

        record = PaperRecord(CERTIFICATE, PaperState.PRESENT, file_key=store(pdf()))
        record_papers(world.act(resident), application_id=application.pk, papers=[record])
        with pytest.raises(PaperNeedsOffice):
            record_papers(
                world.act(resident),
                application_id=application.pk,
                papers=[PaperRecord(CERTIFICATE, PaperState.WAIVED, note="可查")],
            )

        assert Paper.objects.get(code=CERTIFICATE).recorded_by_id == resident.pk


class TestRecordPapersRefuses:
    def test_everybody_but_workers_of_the_place(self, world: World) -> None:
        application = world.received()

        def deed(act: Act) -> object:
            return record_papers(act, application_id=application.pk, papers=[])

        assert not_refused(world, deed, allowed="clerk social_worker") == []

    def test_an_application_that_is_not_there(self, world: World) -> None:
        with pytest.raises(ApplicationNotFound):
            record_papers(world.act(world.staff.clerk), application_id=0, papers=[])

    @pytest.mark.parametrize(("language", "name"), [("zh-hans", "收款账户"), ("en", "Payee account")])
    def test_names_the_paper_in_the_readers_language(self, world: World, language: str, name: str) -> None:
        application = world.received(without=[CERTIFICATE])

        with pytest.raises(PaperNotWaivable) as caught:
            bring(world, application, PaperRecord("PAYEE_ACCOUNT", PaperState.WAIVED, note="可查"))

        with translation.override(language):
            assert name in sentence(caught.value)

    @pytest.mark.parametrize(
        ("record", "refusal"),
        [
            (PaperRecord("DISABILITY_CERTIFICATE", PaperState.PRESENT), PaperNotDemanded),
            (PaperRecord("PAYEE_ACCOUNT", PaperState.WAIVED, note="可查"), PaperNotWaivable),
            (PaperRecord("IDENTITY_CARD", PaperState.PROMISED, promised_date=MONDAY, note="补"), PaperNotPromisable),
            (PaperRecord(CERTIFICATE, PaperState.WAIVED, note=" "), PaperNoteMissing),
            (PaperRecord(CERTIFICATE, PaperState.PROMISED, promised_date=MONDAY), PaperNoteMissing),
            (PaperRecord(CERTIFICATE, PaperState.PROMISED, note="补"), PaperNoteMissing),
            (PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=date(2026, 3, 10)), PaperDateImpossible),
            (
                PaperRecord(CERTIFICATE, PaperState.PROMISED, promised_date=date(2026, 3, 8), note="补"),
                PaperDateImpossible,
            ),
            (PaperRecord(CERTIFICATE, PaperState.WAIVED, note="长" * 201), TextTooLong),
        ],
    )
    def test_what_does_not_fit_by_the_paper(self, world: World, record: PaperRecord, refusal: type[Exception]) -> None:
        application = world.received(without=[CERTIFICATE])

        with pytest.raises(refusal) as caught:
            bring(world, application, record)

        assert caught.value.field == record.code  # type: ignore[attr-defined]  # a DomainError
        assert Paper.objects.get(code=CERTIFICATE).state == "MISSING"
