"""Damaged files by the thousand through the product's own readers: ``python -m tests.foundation.files.fuzzing``.

Each file goes the whole way of an upload. The child is forked from a warm process instead of started (``warm``), which
is ten times as fast and has the same limits. What counts as a fault: an exception that is no refusal, a refusal without
a whole sentence, a reader that met something nobody foresaw, one that hung, and one that died of anything but its
limits. Same seed, same files.
"""

import argparse
import io
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import django
from django.conf import settings

if not settings.configured:
    # Papers are set by the room, whose record of signs for print is a table; no database is opened.
    settings.configure(
        USE_I18N=False,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_tasks_db", "linli.foundation"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

import pikepdf
from PIL import Image

from linli.foundation.files import children
from linli.foundation.files.documents import render_pdf
from linli.foundation.files.tables import read_table, template_workbook, write_table
from linli.foundation.files.uploads import examine
from linli.kernel.errors import DomainError
from linli.law.policies.engine import BankLayout, load_bank_layout
from linli.money.payments.engine.layouts import read_return
from linli.money.payments.engine.statements import read_statement
from tests.foundation.files import damage
from tests.foundation.files.builders import HEADER, PEOPLE, PERSON, csv_text, jpeg, object_stream, pdf, png, sheet
from tests.foundation.files.warm import Warm

_FAULTS = Path("build/fuzz")
_STATEMENT = [
    ["日期", "摘要", "收入", "支出", "余额"],
    ["2026-03-02", "IN-GOV", "1000.00", "", "1000.00"],
    ["2026/03/16", "FF-2026-03-1-0001", "", "500.00", "500.00"],
    ["合计", "2 笔", "1000.00", "500.00", ""],
]


@dataclass(frozen=True)
class Format:
    """Good files, how they are damaged, and the door they come in by."""

    samples: Sequence[bytes]
    damage: damage.Damage
    take: Callable[[bytes], object]


@dataclass
class Figures:
    """What became of the files."""

    results: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0


def formats() -> dict[str, Format]:
    """Every format that comes in, by name."""
    rows = [HEADER, *[PERSON] * 5]
    people = [{"name": "李建国", "id_number": PERSON[1], "size": 2, "income": 120050, "sex": "MALE"}] * 4
    tables = [sheet(rows), write_table(PEOPLE, people, title="t", sheet="s"), template_workbook(PEOPLE, examples={})]
    texts = [csv_text(rows).encode(), csv_text(rows, delimiter=";").encode()]
    statement_text = "\r\n".join(",".join(row) for row in _STATEMENT).encode()

    def people_of(name: str) -> Callable[[bytes], object]:
        return lambda data: read_table(data, filename=name, columns=PEOPLE)

    def paper(name: str) -> Callable[[bytes], object]:
        return lambda data: examine(data, filename=name)

    answers = {
        f"bank answer {layout.code}": Format(_answers(layout), damage.of_bytes, _return_of(layout))
        for layout in _layouts()
    }
    return {
        "xlsx": Format(tables, damage.of_package, people_of("a.xlsx")),
        "csv": Format(texts, damage.of_text, people_of("a.csv")),
        "statement xlsx": Format([sheet(_STATEMENT)], damage.of_package, read_statement),
        "statement csv": Format([statement_text], damage.of_text, read_statement),
        "pdf": Format(_papers(), damage.of_bytes, paper("a.pdf")),
        "png": Format([png(), png(40, 30), _picture("PNG")], damage.of_bytes, paper("a.png")),
        "jpeg": Format([jpeg(), _picture("JPEG"), _picture("JPEG", progressive=True)], damage.of_bytes, paper("a.jpg")),
        **answers,
    }


def _return_of(layout: BankLayout) -> Callable[[bytes], object]:
    return lambda data: read_return(layout, data)


def run(form: Format, name: str, *, count: int, seed: int, warm: Warm, keep: Path | None = _FAULTS) -> Figures:
    """Damage and hand in ``count`` files."""
    figures = Figures()
    began = time.perf_counter()
    for number in range(count):
        draw = Random(f"{seed}:{name}:{number}")
        data = form.damage(draw, draw.choice(form.samples))
        warm.ended = 0
        start = time.perf_counter()
        fault = ""
        try:
            form.take(data)
            figures.results["taken"] += 1
        except DomainError as refusal:
            figures.results[refusal.code] += 1
            fault = _fault(refusal, warm.ended)
        except Exception:
            fault = traceback.format_exc(limit=-3)
        figures.slowest = max(figures.slowest, time.perf_counter() - start)
        if fault:
            figures.faults.append(f"{name} seed {seed} number {number}: {fault}")
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name.replace(' ', '-')}-{seed}-{number}.bin").write_bytes(data)
    figures.seconds = time.perf_counter() - began
    return figures


def _fault(refusal: DomainError, ended: int) -> str:
    if "%(" in str(refusal) or not str(refusal):
        return f"no whole sentence: {refusal.code}"
    if refusal.code != "file.stopped" or ended in {71, -signal.SIGXCPU, -signal.SIGABRT}:
        return ""  # a refusal, or a reader that met its limit of memory or processor time
    return f"the reader ended with {ended}"


def _papers() -> list[bytes]:
    words = {"title": "通知", "paragraphs": ["您好"], "sender": "社区", "date": "2026年3月9日"}
    letter = render_pdf("letter.typ", words)
    packed, plain = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(letter)) as paper:
        paper.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        paper.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, linearize=True)
    return [pdf(), pdf(object_stream(b"4 0 << /Type /Page >>")), letter, packed.getvalue(), plain.getvalue()]


def _picture(kind: str, **options: bool) -> bytes:
    target = io.BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(target, kind, **options)
    return target.getvalue()


def _layouts() -> list[BankLayout]:
    return [load_bank_layout(path) for path in sorted(Path("packs/bank").glob("*.toml"))]


def _answers(layout: BankLayout) -> list[bytes]:
    """An answer in this layout, with every field filled."""
    shape = layout.returned
    values = {
        "BATCH_NUMBER": "FF-2026-03-1",
        "COUNT": "1",
        "REFERENCE": "FF-2026-03-1-0001",
        "ACCOUNT": "6222000000000000",
        "RESULT_CODE": next(iter(layout.returned.codes)),
        "DATE": date(2026, 3, 16).strftime(layout.date_form),
    }
    values |= dict.fromkeys(("TOTAL", "AMOUNT"), "50000" if layout.amounts_in_fen else "500.00")
    rows = []
    for fields in (shape.header, shape.lines, shape.trailer):
        cells = []
        for cell in fields or ():
            text = cell.value if cell.field == "FIXED" else values.get(cell.field, "")
            content = text.encode(layout.encoding)
            cells.append(content if shape.delimiter else content[: cell.width].ljust(cell.width, b" "))
        if fields:
            rows.append(shape.delimiter.encode().join(cells))
    return [layout.line_end.encode().join([*rows, b""])]


def main() -> None:
    """Print figures per format; exit 1 when there was a fault."""
    parser = argparse.ArgumentParser(description="damaged files through the product's readers")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="formats whose name begins so")
    chosen = parser.parse_args()
    warm = Warm()
    children._run = warm
    faults: list[str] = []
    for name, form in formats().items():
        for sample in form.samples:
            form.take(sample)  # damage to what is not good shows nothing
        if not name.startswith(chosen.only):
            continue
        warm.peak_kb = 0
        found = run(form, name, count=chosen.count, seed=chosen.seed, warm=warm)
        faults += found.faults
        told = ", ".join(f"{code} {count}" for code, count in found.results.most_common(6))
        sys.stdout.write(
            f"{name}: {chosen.count} files, {len(found.faults)} faults, {found.seconds:.0f} s, "
            f"slowest {found.slowest:.2f} s, largest child {warm.peak_kb // 1024} MB; {told}\n"
        )
        sys.stdout.flush()
    sys.stdout.write("".join(f"FAULT {fault}\n" for fault in faults[:50]))
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
