"""Acts on law as data: install a pack, load a year's working days, determine cases."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, check_seen, lock_name
from linli.foundation.trail import audit, jobs
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.users.codes import Role
from linli.ground.users.queries import NotPermitted, authority
from linli.kernel.act import SYSTEM, Act
from linli.kernel.calendar import YearTable
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.law.policies.engine import check_examples, load_pack
from linli.law.policies.engine.determination import Determination as Result
from linli.law.policies.engine.determination import determine as determine_case
from linli.law.policies.engine.facts import CaseFacts
from linli.law.policies.models import Determination, PackVersion, WorkingDayYear
from linli.law.policies.permissions import check_load_years
from linli.law.policies.queries import calendar_version, pack_of, pack_store


class PackVersionTaken(DomainError):
    """A pack in force is immutable: a change is a new version."""

    message = _("%(scheme)s 的 %(version)s 版已安装且内容不同；修改规则请使用新的版本号")


class YearTableImplausible(DomainError):
    """A year of fewer than 240 or more than 262 working days was never published."""

    message = _("%(year)s 年共 %(working_days)s 个工作日，超出合理范围（240–262），请核对")


@act
@surely
def install_pack(act: Act, *, folder: Path) -> PackVersion:
    """Install a pack from a folder; installing the same one again changes nothing.

    Raises PackError with every problem, ExamplesFailed when the pack does not give what its own examples promise,
    PackVersionTaken, NotPermitted.
    """
    if act.by != SYSTEM and not authority(act).holds(Role.ADMINISTRATOR):
        raise NotPermitted
    pack = load_pack(folder)
    check_examples(folder, pack)
    lock_name(LockSpace.LAW, 0)
    version = PackVersion.objects.filter(scheme=pack.code, version=pack.version).first()
    if version is not None and version.digest != pack.digest:
        raise PackVersionTaken(scheme=pack.code, version=pack.version)
    _keep_files(folder, pack.digest)
    if version is None:
        version = PackVersion.objects.create(
            scheme=pack.code,
            version=pack.version,
            digest=pack.digest,
            valid_from=pack.valid_from,
            installed_at=act.at,
        )
    audit.record(act, where=0, subject=f"pack:{pack.code}-{pack.version}", note={"digest": pack.digest})
    return version


@act
def load_years(act: Act, *, tables: Sequence[YearTable], version: int | None = None) -> list[WorkingDayYear]:
    """Load published working-day tables; deadlines that reached into those years are computed again by a job.

    ``version`` is how far the calendar went when the form was opened (``calendar_version``). Raises
    YearTableImplausible, FormStale, NotPermitted (see ``permissions``).
    """
    check_load_years(act)
    for table in tables:
        _check_plausible(table)
    lock_name(LockSpace.LAW, 0)
    check_seen(calendar_version(), version)
    rows = WorkingDayYear.objects.bulk_create(
        [
            WorkingDayYear(
                year=table.year,
                off_weekdays=canonical_json(sorted(table.off_weekdays)),
                work_weekends=canonical_json(sorted(table.work_weekends)),
                source=table.source,
                loaded_at=act.at,
                loaded_by_id=act.by.pk,
            )
            for table in tables
        ]
    )
    if act.by != SYSTEM:
        jobs.queue("assistance.recompute_deadlines", on=act.on.isoformat())
        jobs.queue("awards.recompute_holds", on=act.on.isoformat())
    years = ",".join(str(table.year) for table in tables[:8])
    audit.record(act, where=0, subject=f"working-days:{years}", lines=[table.source for table in tables])
    return rows


@dataclass(frozen=True)
class CaseSubject:
    """A case to determine: its business key and what is known of it."""

    subject: str
    facts: CaseFacts


@within_act
def determine(act: Act, *, cases: Sequence[CaseSubject], pack_version_id: int, on: date) -> list[Determination]:
    """Run the rules over cases and keep what they said. In the order given."""
    pack = pack_of(pack_version_id)
    said = [Said(case.subject, pack_version_id, determine_case(pack, case.facts, on)) for case in cases]
    return keep(act, said=said)


@dataclass(frozen=True)
class Said:
    """What the rules of a pack version said about a subject (a business key)."""

    subject: str
    pack_version_id: int
    result: Result


@within_act
def keep(act: Act, *, said: Sequence[Said]) -> list[Determination]:
    """Keep what the rules said, so that it can be replayed: one statement, in the order given."""
    return Determination.objects.bulk_create(
        [
            Determination(
                subject=one.subject,
                pack_version_id=one.pack_version_id,
                on=one.result.on,
                document=one.result.to_json(),
                digest=one.result.digest,
                made_at=act.at,
            )
            for one in said
        ]
    )


def _keep_files(folder: Path, digest: str) -> None:
    kept = pack_store() / digest
    if kept.exists():
        return
    aside = kept.with_name(f"{digest}.new")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(folder, aside, ignore=shutil.ignore_patterns("__pycache__"))
    aside.replace(kept)


def _check_plausible(table: YearTable) -> None:
    first, last = date(table.year, 1, 1), date(table.year, 12, 31)
    weekdays = sum((first.toordinal() + n - 1) % 7 < 5 for n in range((last - first).days + 1))
    working_days = weekdays - len(table.off_weekdays) + len(table.work_weekends)
    if not 240 <= working_days <= 262:
        raise YearTableImplausible(field="off_weekdays", year=table.year, working_days=working_days)
