"""Files are read by a child with limits: whatever becomes of it, this process gets an answer or one refusal."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta
from datetime import time as moment
from pathlib import Path

import pytest

from linli.foundation.files import children
from linli.foundation.files.children import FileRefused, ReadersBusy, ReadingStopped, ask, run
from linli.foundation.files.grids import TableBomb, read_grids
from linli.foundation.files.inspection import UploadBroken
from linli.foundation.files.lines import LineFault, Lines, read_lines
from linli.foundation.files.reading import answers, bounds
from linli.foundation.files.tables import read_table
from linli.foundation.files.uploads import examine
from tests.architecture.source import PACKAGE
from tests.foundation.files.builders import HEADER, PEOPLE, PERSON, object_stream, part, pdf, png, repacked, sheet

GOOD = sheet([HEADER, PERSON])
SHARED = "xl/sharedStrings.xml"
# Begins like the child; what it does instead of reading stands behind.
BEGIN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from linli.foundation.files.reading import child; "


def claiming(count: int) -> bytes:
    """A workbook of five kilobytes whose shared texts claim to be so many."""
    return repacked(GOOD, {SHARED: part(GOOD, SHARED).replace(b'Count="12"', b'Count="%d"' % count)})


@pytest.fixture
def instead(monkeypatch):
    """Run this program in the child's place."""

    def put(program: str) -> None:
        monkeypatch.setattr(children, "_START", BEGIN + program)

    return put


class TestAsk:
    def test_gives_what_the_reader_found(self):
        assert ask("PDF", pdf()) == {"pages": 1}

    def test_tells_why_the_reader_refused(self):
        with pytest.raises(FileRefused) as caught:
            ask("table", GOOD, last_row=1)

        assert (caught.value.code, caught.value.details) == ("table.too_long", {"last": 2, "limit": 1})

    @pytest.mark.parametrize(
        "program",
        [
            "import os; os.abort()",
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "raise SystemExit(1)",
            "raise ValueError",
            "child.put_limits(); bytearray(1 << 40)",
            "child.put_limits(); [bytearray(1 << 20) for _ in range(10_000)]",
            "child.put_limits(); sys.stdout.buffer.write(b' ' * (60 << 20)); sys.stdout.buffer.flush()",
            "sys.stdout.write('no json')",
            "sys.stdout.write('[1]')",
            "sys.stdout.write('[' * 90_000)",
            "sys.stdout.write('{\"refused\": 5}')",
            'sys.stdout.write(\'{"refused": "table.empty", "details": {"a": []}}\')',
            "sys.stdout.write('[' + ',' * 2_000_001)",
            "sys.stdout.buffer.write(b'\\xff')",
        ],
    )
    def test_a_child_that_dies_or_talks_nonsense_is_one_refusal(self, instead, program: str):
        instead(program)

        with pytest.raises(ReadingStopped) as caught:
            ask("table", GOOD, last_row=9)

        assert "已停止" in str(caught.value)

    def test_a_child_that_waits_for_ever_is_stopped(self, instead, monkeypatch):
        instead("import time; time.sleep(600)")
        monkeypatch.setattr(children, "WALL_SECONDS", 0.3)

        with pytest.raises(ReadingStopped):
            ask("table", GOOD, last_row=9)

    def test_a_child_that_reckons_for_ever_is_stopped(self, instead):
        instead("child.CPU_SECONDS = 1; child.put_limits()\nwhile True: pass")

        assert run("table", GOOD, {})[0] in {-signal.SIGXCPU, -signal.SIGKILL}

    def test_what_a_stopped_child_started_ends_with_it(self, instead, monkeypatch, tmp_path: Path):
        mark = tmp_path / "mark"
        instead(f"import os, time; os.fork(); time.sleep(1); open({str(mark)!r}, 'w')")
        monkeypatch.setattr(children, "WALL_SECONDS", 0.3)
        run("table", GOOD, {})
        time.sleep(1.2)

        assert not mark.exists()

    def test_the_child_sees_no_secret_of_ours(self, instead, monkeypatch):
        monkeypatch.setenv("LINLI_SECRET", "canary")
        instead("import json, os; sys.stdout.write(json.dumps({'seen': sorted(os.environ)}))")

        assert "LINLI_SECRET" not in ask("table", b"")["seen"]

    def test_the_child_can_open_nothing_once_it_has_its_limits(self, instead):
        instead(
            "import json, socket\nchild.put_limits()\ntold = []\n"
            "for tried in (lambda: open('/etc/hostname'), socket.socket):\n"
            "    try: tried(); told.append('opened')\n"
            "    except OSError: told.append('refused')\n"
            "sys.stdout.write(json.dumps({'told': told}))"
        )

        assert ask("table", b"")["told"] == ["refused", "refused"]

    def test_leaves_no_open_file_behind(self):
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            ask("PNG", png())

        assert len(os.listdir("/proc/self/fd")) == before

    def test_at_most_two_read_at_once_and_who_waits_too_long_is_told(self, instead, monkeypatch):
        monkeypatch.setattr(children, "WALL_SECONDS", 0.4)
        instead("import time; time.sleep(30)")
        others = [threading.Thread(target=run, args=("table", b"", {})) for _ in range(2)]
        for other in others:
            other.start()
        time.sleep(0.1)
        monkeypatch.setattr(children, "WALL_SECONDS", 0.01)
        try:
            with pytest.raises(ReadersBusy):
                run("table", b"", {})
        finally:
            for other in others:
                other.join()

    def test_is_written_in_the_log_when_nobody_foresaw_it(self, instead, caplog):
        instead("raise SystemExit(70)")
        with pytest.raises(ReadingStopped):
            ask("table", GOOD, last_row=9)

        assert "unforeseen" in caplog.text

    def test_works_without_files_in_memory(self, monkeypatch):
        monkeypatch.delattr(os, "memfd_create", raising=False)

        assert ask("PDF", pdf()) == {"pages": 1}


class TestHostileFiles:
    def test_shared_texts_that_claim_to_be_more_than_the_file_can_hold(self):
        with pytest.raises(TableBomb):
            read_table(claiming(129_999_999_999), filename="a.xlsx", columns=PEOPLE)

    def test_a_reader_that_believes_such_a_claim_ends_alone(self, instead):
        instead(
            "from linli.foundation.files.reading import tables\n"
            "from linli.foundation.files.reading import packages\n"
            "tables.scan_workbook.__globals__['_check_shared_texts'] = lambda package: None\n"
            "child.main()"
        )

        with pytest.raises(ReadingStopped):
            read_table(claiming(129_999_999_999), filename="a.xlsx", columns=PEOPLE)

    def test_one_long_text_shared_by_every_cell(self):
        """A text of 32,000 characters times 200,000 cells would be six gigabytes."""
        rows = "".join(f'<row r="{row}">' + "<c t='s'><v>0</v></c>" * 100 + "</row>" for row in range(1, 2_001))
        book = repacked(
            GOOD,
            {
                SHARED: b'<sst count="1" uniqueCount="1"><si><t>'
                + bytes(65 + n % 26 for n in range(32_000))
                + b"</t></si></sst>",
                "xl/worksheets/sheet1.xml": (
                    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    + rows
                    + "</sheetData></worksheet>"
                ).encode(),
            },
        )

        with pytest.raises((ReadingStopped, TableBomb)):
            read_table(book, filename="a.xlsx", columns=PEOPLE)

    def test_a_paper_that_unpacks_to_gigabytes(self):
        with pytest.raises((UploadBroken, ReadingStopped)) as caught:
            examine(pdf(object_stream(b"\0" * (900 << 20))), filename="a.pdf", field="paper")

        assert caught.value.field == "paper"


class TestCells:
    @pytest.mark.parametrize(
        "cell",
        [
            "",
            "\0",
            "\0d2026-03-09",
            "文",
            0,
            -3.5,
            10**18,
            True,
            date(2026, 3, 9),
            datetime(2026, 3, 9, 8, 30),  # noqa: DTZ001 - a cell has no zone
            moment(8, 30),
            timedelta(days=3, microseconds=1),
        ],
    )
    def test_come_back_as_they_went(self, cell: object):
        body = answers.write_answer({"rows": answers.rows_out([[cell]])})
        found = answers.rows_in(answers.read_answer(body)["rows"])[0][0]

        assert (type(found), found) == (type(cell), cell)

    def test_leave_the_child_no_longer_than_anybody_takes(self):
        assert answers.cell_out("文" * 140_000) == "文" * bounds.MAX_CELL_TEXT

    @pytest.mark.parametrize("number", [float("inf"), float("nan")])
    def test_that_are_no_number_become_text(self, number: float):
        assert answers.cell_out(number) == str(number)

    @pytest.mark.parametrize(
        "rows",
        [None, [1], [[None]], [[[]]], [[{}]], [[""] * (bounds.MAX_COLUMNS + 1)], [["\0dnever"]], [["\0u" + "9" * 30]]],
    )
    def test_that_no_reader_writes_are_not_taken(self, rows: object):
        with pytest.raises(answers.AnswerMalformed):
            answers.rows_in(rows)

    @pytest.mark.parametrize("positions", [None, [1], [[1]], [[1, "2"]], [[1, True]], [[1, 2, 3]]])
    def test_positions_are_pairs_of_whole_numbers(self, positions: object):
        with pytest.raises(answers.AnswerMalformed):
            answers.positions_in(positions, 2)

    def test_texts_are_texts(self):
        with pytest.raises(answers.AnswerMalformed):
            answers.text_in(3)

    @pytest.mark.parametrize(
        "sheet_", [{}, {"name": 3, "rows": []}, {"name": "", "rows": [], "error_places": [[1, 1]]}]
    )
    def test_a_sheet_without_its_parts_is_refused(self, instead, sheet_: object):
        instead(f"sys.stdout.write({json.dumps(json.dumps({'sheets': [sheet_]}))})")

        with pytest.raises(ReadingStopped):
            read_grids(GOOD, filename="a.xlsx", last_row=9)


class TestLines:
    @pytest.mark.parametrize(
        "said",
        [
            {"rows": [["a"], 3], "faults": []},
            {"rows": [[3]], "faults": []},
            {"rows": [], "faults": [{"row": 1}]},
            {"rows": []},
            {"rows": 3, "faults": []},
            {"rows": [], "faults": [{"row": "x", "code": "width"}]},
        ],
    )
    def test_without_their_parts_are_refused(self, instead, said: object):
        instead(f"sys.stdout.write({json.dumps(json.dumps(said))})")

        with pytest.raises(ReadingStopped):
            self.read(b"a\n")

    def test_that_are_too_many_bytes_are_not_read_at_all(self, monkeypatch):
        monkeypatch.setattr(children, "_run", None)

        assert self.read(b"a" * (bounds.MAX_BYTES + 1)) == Lines(faults=(LineFault(1, "large", expected=10),))

    def read(self, data: bytes) -> Lines:
        return read_lines(data, encoding="UTF-8", delimiter=",", header=[], lines=[0], trailer=[], most=9)


class TestSpeed:
    def test_the_child_loads_neither_django_nor_what_the_task_does_not_need(self):
        done = subprocess.run(
            [
                sys.executable,
                "-I",
                "-c",
                f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
                "from linli.foundation.files.reading.child import reader\n"
                "reader('table')\n"
                "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'pikepdf', 'PIL', 'lxml'}))",
            ],
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout == "[]\n"

    def test_limits_of_this_process_are_left_alone(self):
        before = resource.getrlimit(resource.RLIMIT_AS)
        ask("PNG", png())

        assert resource.getrlimit(resource.RLIMIT_AS) == before
