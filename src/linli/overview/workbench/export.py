"""The audit trail as a workbook."""

from collections.abc import Iterable, Mapping
from datetime import date

from linli.foundation.files.cells import Column, Value
from linli.foundation.files.workbooks import write_table
from linli.foundation.trail.audit import AuditLine
from linli.foundation.trail.words import act_words, subject_words
from linli.kernel.act import CHINA_TIME

# Entries in one workbook; a day or a number narrows what is more.
MOST = 10_000
_COLUMNS = (
    Column("at", ("时间", "Time")),
    Column("who", ("谁", "Who")),
    Column("act", ("做了什么", "What was done")),
    Column("subject", ("对象", "Subject")),
    Column("key", ("对象编号", "Key")),
    Column("area", ("区域", "Area")),
    Column("lines", ("行数", "Lines"), kind="INTEGER"),
)


def trail_workbook(
    lines: Iterable[AuditLine], places: Mapping[int, str], *, title: str, created: date, language: str
) -> bytes:
    """An xlsx workbook of the entries, each act in words, each subject also by its key."""
    rows: list[Mapping[str, Value]] = [
        {
            "at": f"{line.at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}",
            "who": line.actor_name,
            "act": str(act_words(line.act)),
            "subject": str(subject_words(line.subject)[0]),
            "key": line.subject,
            "area": places.get(line.chain, ""),
            "lines": line.lines_count,
        }
        for line in lines
    ]
    return write_table(_COLUMNS, rows, title=title, sheet=title, created=created, language=language)
