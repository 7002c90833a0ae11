"""``linli demo``: what is wrong with the plan as written, both years lived side by side, plan against actual, serve."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Thread
from typing import IO, Any

from linli.config.cli_plan import run_plan_check
from linli.config.cli_serve import environment
from linli.config.cli_simulate import BUSY, DEMO_PASSWORD, report_text
from linli.kernel.canonical import digest
from linli.kernel.money import yuan_short
from linli.law.policies.engine import load_pack

ROOT = Path(__file__).resolve().parents[3]
PACK = ROOT / "packs" / "community" / "assistance_plan"
YEARS = (("written", "方案原文", "the plan as written"), ("variant", "可行版本", "the checker's variant"))
_BAR = 28


@dataclass
class Run:
    """One year being lived by another process."""

    name: str
    label: str
    folder: Path
    process: subprocess.Popen[str] | None = None
    done: int = 0
    total: int = 1
    day: str = ""
    told: str = ""
    errors: list[str] = field(default_factory=list)


def run_demo(*, seed: int, months: int, again: bool, serve: bool, port: int) -> int:
    """The whole demonstration. 0 when all went well, 1 when a year could not be lived."""
    say("一、采用之前先算一遍 · The plan is checked before it is adopted\n")
    run_plan_check(PACK, as_json=False, language="zh")
    base = data_dir() / "years" / key(seed, months)
    say(f"\n二、两个年度各过一遍 · Both years are lived (seed {seed}, {months} months)\n")
    if again:
        shutil.rmtree(base, ignore_errors=True)
        shutil.rmtree(data_dir() / "demo", ignore_errors=True)
    runs = [Run(name, label, base / name) for name, label, _en in YEARS]
    if not live_all(runs, seed=seed, months=months):
        return 1
    reports = {run.name: json.loads((run.folder / "report.json").read_text()) for run in runs}
    say("\n三、计划与实际 · Plan against actual\n")
    for name, label, english in YEARS:
        say(f"── {label} · {english} ──")
        say(report_text(reports[name], "zh"))
    say(comparison(reports))
    if not serve:
        return 0
    return serve_variant(base / "variant", reports["variant"], port)


def live_all(runs: list[Run], *, seed: int, months: int) -> bool:
    """Live the years that are not stored yet, side by side, with progress; whether all are there in the end."""
    missing = [run for run in runs if not (run.folder / "report.json").exists()]
    for run in runs:
        if run not in missing:
            say(f"  {run.label}：已有记录，直接使用 · reused")
    started = time.monotonic()
    for run in missing:
        start(run, seed=seed, months=months)
    watchers = [Thread(target=watch, args=(run,)) for run in missing]
    for watcher in watchers:
        watcher.start()
    while any(run.process is not None and run.process.poll() is None for run in missing):
        draw(missing, started)
        time.sleep(0.5)
    for watcher in watchers:
        watcher.join()
    if missing:
        draw(missing, started)
        say("")
    return all(finish(run) for run in missing)


def start(run: Run, *, seed: int, months: int) -> None:
    """Begin to live a year in a folder of its own."""
    shutil.rmtree(run.folder, ignore_errors=True)
    run.folder.mkdir(parents=True)
    command = [sys.executable, "-m", "linli.config.cli", "plan", "simulate", str(PACK), "--json", "--progress"]
    command += ["--seed", str(seed), "--months", str(months), "--data", str(run.folder), "--busy", str(busy_day())]
    command += ["--variant"] if run.name == "variant" else []
    variables = {key: value for key, value in environment().items() if key not in {"LINLI_DATABASE", "LINLI_DATA"}}
    output = (run.folder / "report.part").open("w")
    run.process = subprocess.Popen(command, env=variables, stdout=output, stderr=subprocess.PIPE, text=True)


def watch(run: Run) -> None:
    """Follow a year's progress lines until its process ends."""
    stream: IO[str] | None = run.process.stderr if run.process else None
    with stream or nullcontext(()) as lines:
        for line in lines:
            try:
                told = json.loads(line)
                run.done, run.total, run.day = told["done"], told["total"], told["day"]
            except (ValueError, KeyError, TypeError):
                run.errors.append(line)


def draw(runs: list[Run], started: float) -> None:
    """One line with a bar for each year, drawn over on a terminal; a line for every month lived where it is a file."""
    if not sys.stdout.isatty():
        tell_months(runs, started)
        return
    parts = []
    for run in runs:
        filled = _BAR * run.done // max(run.total, 1)
        parts.append(f"{run.label} {'█' * filled}{'░' * (_BAR - filled)} {run.day:10}")
    sys.stdout.write(f"\r  {'   '.join(parts)}  {time.monotonic() - started:4.0f} s")
    sys.stdout.flush()


def tell_months(runs: list[Run], started: float) -> None:
    """Say which months began since the last time."""
    for run in runs:
        month = run.day[:7]
        if month != run.told:
            run.told = month
            say(f"  {run.label} {month}  {time.monotonic() - started:4.0f} s")


def finish(run: Run) -> bool:
    """Keep the report of a year that was lived to its end; say why it was not."""
    code = run.process.wait() if run.process else 1
    if code:
        sys.stderr.write(f"{run.label}: {''.join(run.errors[-12:])}\n")
        return False
    say(f"  {run.label}：{run.total} 天 · days")
    (run.folder / "report.part").replace(run.folder / "report.json")
    return True


def comparison(reports: dict[str, Any]) -> str:
    """The two years, a line each: when money ran out, who waited for money and who for something else."""
    lines = []
    for name, label, _english in YEARS:
        sent, paid = (
            yuan_short(sum(month[key] for month in reports[name]["months"])) for key in ("sent_fen", "paid_fen")
        )
        lines.append(f"{label}：送银行 {sent} 元，银行付讫 {paid} 元；{_waits(reports[name]['months'])}。")
    return "\n".join(lines) + "\n"


def _waits(months: list[dict[str, Any]]) -> str:
    short = [month for month in months if month["waiting_fen"] > month["left_fen"]]
    if short:
        worst = max(short, key=lambda month: month["waiting"])
        return f"{short[0]['month']} 起钱不够，最多 {worst['waiting']} 个待遇月在等（到 {worst['month']}）"
    held = max((month["waiting"] for month in months), default=0)
    others = f"；账户未办妥等其他原因，月末最多 {held} 个待遇月在等" if held else ""
    return f"全年没有人因缺钱而等待{others}"


def serve_variant(stored: Path, report: dict[str, Any], port: int) -> int:
    """Serve copies of the variant's year, so that what visitors do never touches the stored one: as it stood on the
    busy day, where that was lived, and at its end at the next port; each page leads to the other day.

    The copies are the stored year's own: other code has lived another year, even where both come to the same report.
    """
    folder = data_dir() / "demo" / stored.parent.name
    days = {report["last_day"]: _copied(stored, folder / "end")}
    if (stored / BUSY).exists():
        days = {busy_day().isoformat(): _copied(stored / BUSY, folder / BUSY), **days}
    ports = {day: port + place for place, day in enumerate(days)}
    first, *others = (_variables(day, copy, ports) for day, copy in days.items())
    os.environ.update(first)
    said = "；".join(f"{day} http://127.0.0.1:{one}" for day, one in ports.items())
    say(f"四、现在可以进去看、进去办 · {said}（登录页列出每个角色；密码 {DEMO_PASSWORD}；Ctrl-C 结束）\n")
    from linli.config.cli_serve import run_serve

    return run_serve(port=port, beside={port + place: one for place, one in enumerate(others, start=1)})


def _copied(stored: Path, copy: Path) -> Path:
    """The copy, made whole or not at all; one that is there is gone on with."""
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(stored, draft, ignore=shutil.ignore_patterns(BUSY))
        draft.replace(copy)
    return copy


def _variables(day: str, copy: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """What differs in the environment of a copy: its data, its day, where another day is served."""
    other = next((f"{one}=http://127.0.0.1:{port}/" for one, port in ports.items() if one != day), "")
    return {
        "LINLI_DATA": str(copy),
        "LINLI_DATABASE": f"sqlite:///{copy}/linli.sqlite3",
        "LINLI_TODAY": day,
        "LINLI_DEMO": "1",
        "LINLI_DEMO_OTHER": other,
    }


def key(seed: int, months: int) -> str:
    """What a stored year depends on: the pack, our code, the number it was made from."""
    code = hashlib.sha256()
    folders = (ROOT / "src" / "linli", ROOT / "packs")
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".toml"}):
        code.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest([code.hexdigest(), seed, months])[:16]


def busy_day() -> date:
    """The pay day of June in the plan's year: the day that visitors come to."""
    return date(load_pack(PACK).year, 6, 10)


def data_dir() -> Path:
    """Where the demonstration keeps its years."""
    return Path(os.environ.get("LINLI_DATA", ROOT / "var"))


def say(text: str) -> None:
    """One paragraph on the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
