"""``linli plan simulate PACK``: live a plan for a year in a database of its own and say what came of it."""

import gc
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from linli.config.privacy import keep_private
from linli.config.refusals import reasons_of, told_unusable
from linli.kernel import marks
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan_short
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.carrying import changed_examples
from linli.law.policies.engine.versioning import write_version
from linli.overview.planning.engine import plan_from_pack, propose_variant
from linli.simulator.span import span_of

ROOT = Path(__file__).resolve().parents[3]
CALENDAR_FILE = ROOT / "packs" / "calendar" / "china.toml"
BANK_FILE = ROOT / "packs" / "bank" / "river_bank.toml"
DEMO_PASSWORD = "linli-demo"
# Where a copy is kept of how things stood on a busy day.
BUSY = "busy"
_DONE = 0
# The report's words for what happened, in Chinese.
HAPPENED = {
    "moves": "迁居",
    "income ended": "因收入变化终止",
    "incomes changed": "收入变化",
    "amounts mistyped": "金额录错（已更正）",
    "reviews completed": "完成复核",
    "corrections": "更正录入",
    "deaths": "去世",
    "approvals voided": "作废的复核",
    "awards suspended": "暂停",
    "awards resumed": "恢复",
    "amounts changed": "调整金额",
    "awards ended": "终止",
    "reviews open": "待复核",
    "over-payments": "多付",
    "deaths that were none": "误登死亡（已更正）",
    "days of death corrected": "更正死亡日期",
    "new standards followed": "按新标准调整",
    "birthdays followed": "按年龄调整",
    "supplements paid": "补发笔数",
    "payments back after closing": "关账后退回",
    "awards renewed": "年度复核续发",
}


def run_simulate(
    pack_path: Path,
    *,
    months: int,
    seed: int,
    variant: bool,
    data: Path | None,
    progress: bool,
    later: Mapping[date, Path] | Sequence[tuple[date, Path]],
    busy: date | None = None,
    as_json: bool,
    language: str,
) -> int:
    """Live the plan of a pack folder, or the checker's variant of it. 0 done, 2 the pack is unusable."""
    folder = data or Path(tempfile.mkdtemp(prefix="linli-year-"))
    keep_private(folder)
    try:
        pack_folder = variant_pack(pack_path, folder) if variant else pack_path
        standards = dict(later)
        beyond = _not_lived(pack_folder, standards, months=months, language=language)
        if beyond:
            return told_unusable(beyond, as_json=False)
        if variant:
            tell_changed_examples(pack_path, pack_folder, language)
        report = live_into(
            folder,
            pack_folder,
            months=months,
            seed=seed,
            progress=progress,
            later=standards,
            busy=busy,
            counted=None if as_json else partial(_tell_community, language=language),
        )
    except DomainError as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=False)
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(report_text({**report, "community": None}, language))
    return _DONE


def _not_lived(pack_folder: Path, later: Mapping[date, Path], *, months: int, language: str) -> list[str]:
    """What cannot be installed because its day is not lived, a sentence each. Raises PackError for unusable packs."""
    pack = load_pack(pack_folder)
    _first, last = span_of(pack, plan_from_pack(pack), months)
    for folder in later.values():
        load_pack(folder)
    zh = language != "en"
    return [
        f"{day} 不在模拟的时间内（{pack.valid_from} 之后，至 {last}）"
        if zh
        else f"{day} is not lived: it must be after {pack.valid_from} and not after {last}"
        for day in later
        if not pack.valid_from < day <= last
    ]


def _tell_community(community: dict[str, Any], *, language: str) -> None:
    """Before the first day: how well the invented community fits the plan."""
    sys.stdout.write("\n".join(community_lines(community, language)) + "\n\n")
    sys.stdout.flush()


def tell_changed_examples(pack_path: Path, pack_folder: Path, language: str) -> None:
    """Which of the pack's examples the variant gives otherwise, and because of which figures; to standard error."""
    pack = load_pack(pack_folder)
    for change in changed_examples(pack_path, pack_folder):
        labels = [pack.parameters[name].label.in_language(language) for name in change.because]
        because = f" [{marks.listed(labels, language)}]" if labels else ""
        sys.stderr.write(f"{change.file}: {change.difference.told(pack, language)}{because}\n")


def variant_pack(pack_path: Path, folder: Path) -> Path:
    """Write the checker's variant of a pack's plan as a new version, once; its folder."""
    pack = load_pack(pack_path)
    target = folder / "variant-pack"
    if target.exists():
        return target
    found = propose_variant(plan_from_pack(pack))
    changes = {change.path: change.value for change in found.changes} if found else {}
    return write_version(pack_path, target, changes=changes, version=f"{pack.version}-variant")


def live_into(
    folder: Path,
    pack_folder: Path,
    *,
    months: int,
    seed: int,
    progress: bool,
    counted: Callable[[dict[str, Any]], None] | None = None,
    later: Mapping[date, Path] | None = None,
    busy: date | None = None,
) -> dict[str, Any]:
    """Live a year in the folder's own database; what came of it, without any figure of this machine or moment.

    ``counted`` is told beforehand how the invented community differs from the plan; ``later``: further versions of the
    pack by the day on which they are installed; ``busy``: the day until which work is left, and as which a copy of the
    folder is kept in its ``busy``.
    """
    os.environ["LINLI_DATA"] = str(folder)
    os.environ.setdefault("LINLI_DATABASE", f"sqlite:///{folder}/linli.sqlite3")
    import django

    django.setup()
    # Short-lived rows pass by in millions with hardly a cycle among them: to look for cycles as often as Python does by
    # default only takes time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from linli.foundation.data.demonstration import declare
    from linli.foundation.data.statistics import analyse
    from linli.simulator.report import report_of
    from linli.simulator.year import live

    call_command("migrate", verbosity=0)
    declare()
    _wait_for_disk(connection, each_act=False)
    settings.PASSWORD_HASHERS = ["linli.config.passwords.PublishedPasswordHasher"]
    started = time.monotonic()

    def tell(day: date, done: int, total: int) -> None:
        if progress and (done % 7 == 0 or done == total):
            line = {"day": day.isoformat(), "done": done, "total": total, "seconds": round(time.monotonic() - started)}
            sys.stderr.write(json.dumps(line) + "\n")
            sys.stderr.flush()
        if day == busy:
            keep_copy(connection, folder, folder / BUSY)

    lived = live(
        pack_folder,
        calendar_file=CALENDAR_FILE,
        bank_file=BANK_FILE,
        seed=seed,
        months=months,
        password=DEMO_PASSWORD,
        progress=tell,
        later=later,
        busy=busy,
        counted=None if counted is None else lambda found: counted(found.told()),
    )
    analyse()
    _wait_for_disk(connection, each_act=True)
    return report_of(lived, seed=seed)


def keep_copy(connection: Any, folder: Path, target: Path) -> None:
    """The data as they stand now, as a folder of its own. Only SQLite's database can be copied so: another is not."""
    if connection.vendor != "sqlite":
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("linli.sqlite3*", "report*", "variant-pack", BUSY))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target / "linli.sqlite3")])


def _wait_for_disk(connection: Any, *, each_act: bool) -> None:
    """A year that was cut short is lived again from its first day, so its acts need not each wait for the disk; the
    whole year does, before its report is given out.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {'FULL' if each_act else 'OFF'}")
        if each_act:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def report_text(report: dict[str, Any], language: str) -> str:
    """The report for a terminal."""
    zh = language != "en"
    lines = [report["title"][language], ""]
    lines.append(
        f"人口 {report['residents']} 人、{report['households']} 户（分母取自方案）"
        if zh
        else f"{report['residents']} people in {report['households']} households (the plan's own denominators)"
    )
    if report["community"] is not None:
        lines += ["", *community_lines(report["community"], language)]
    lines += ["", *_months(report, zh=zh), "", *_targets(report, language), ""]
    happened = report["happened"]
    lines.append(("发生的事：" if zh else "What happened: ") + "  ".join(_happened(happened, zh=zh)))
    lines.append(("台账摘要 " if zh else "ledger digest ") + report["ledger_digest"])
    lines.append(("报告摘要 " if zh else "report digest ") + report["report_digest"])
    return "\n".join(lines) + "\n"


def community_lines(community: dict[str, Any], language: str) -> list[str]:
    """The invented community against the plan: each number, and by how much it differs."""
    zh, rows = language != "en", community["rows"]
    lines = ["虚构社区与方案（开始前核对）" if zh else "The invented community and the plan (counted before it lives)"]
    for row in rows:
        told = f"{row['invented']:,}"
        if row["planned"] is None:
            told += "（方案没有这个数）" if zh else " (no number in the plan)"
        else:
            told += f"（方案 {row['planned']:,}）" if zh else f" (plan {row['planned']:,})"
        lines.append(f"  {row['label'][language]}{'：' if zh else ': '}{told}{_off(row['difference'], zh=zh)}")
    off = sum(row["difference"] != 0 for row in rows)
    if zh:
        lines.append(f"  {off} 个数与方案不同" if off else "  与方案的数都相符")
    else:
        lines.append(f"  {off} numbers differ from the plan" if off else "  every number of the plan is met")
    return lines + [f"  {note[language]}" for note in community["notes"]]


def _off(difference: int, *, zh: bool) -> str:
    if difference == 0:
        return ""
    amount = f"{abs(difference):,}"
    if zh:
        return f"，多 {amount}" if difference > 0 else f"，少 {amount}"
    return f", {amount} too many" if difference > 0 else f", {amount} too few"


def _happened(counts: dict[str, int], *, zh: bool) -> list[str]:
    """What happened, counted; the report's own English words where no Chinese is known."""
    return [f"{HAPPENED.get(what, what) if zh else what} {count}" for what, count in counts.items()]


def _months(report: dict[str, Any], *, zh: bool) -> list[str]:
    head = (
        ("月份", "送银行笔数", "送银行", "银行付讫", "等待（待遇月）", "等待金额", "月末余款")
        if zh
        else ("month", "items sent", "sent", "paid by bank", "award-months waiting", "waiting for", "left")
    )
    rows: list[tuple[str, ...]] = [head] + [
        (
            one["month"],
            str(one["items"]),
            yuan_short(one["sent_fen"]),
            yuan_short(one["paid_fen"]),
            str(one["waiting"]) if one["waiting"] else "·",
            yuan_short(one["waiting_fen"]) if one["waiting"] else "·",
            yuan_short(one["left_fen"]),
        )
        for one in report["months"]
    ]
    return ["  ".join(cell.rjust(12) for cell in row) for row in rows]


def _targets(report: dict[str, Any], language: str) -> list[str]:
    zh = language != "en"
    lines = ["计划与实际" if zh else "Plan and actual"]
    for one in report["targets"]:
        unit = one["unit"]
        target = "-" if one["target"] is None else _amount(one["target"], unit)
        actual = _amount(one["actual"], unit) if one["built"] else ("尚未建设" if zh else "not yet")
        records = ("（%s 条记录）" if zh else "(%s records)") % one["records"] if one["built"] else ""
        lines.append(f"  {one['label'][language]}: {actual} / {target} {records}".rstrip())
    return lines


def _amount(value: int | None, unit: str) -> str:
    if value is None:
        return "-"
    return yuan_short(value) if unit == "FEN" else f"{value:,}"
