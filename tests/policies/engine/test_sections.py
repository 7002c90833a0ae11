"""A section that is declared is checked, refused with its lines, described and kept in memory: all from one place."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import pytest

from linli.kernel.bilingual import Text
from linli.law.policies.engine.document import Document, KeyPath, Name, read_document
from linli.law.policies.engine.named import GroupCode
from linli.law.policies.engine.reference import rows_of
from linli.law.policies.engine.schema import Choice, Whole
from linli.law.policies.engine.sections import GIVEN, Key, Spread, section, table_of


def sails_in_the_season(doc: Document, path: KeyPath, value: dict[str, object]) -> None:
    """What looks across keys."""
    if value["seats"] == 2 and value["kind"] == "FERRY":
        doc.report((*path, "seats"), "out_of_range", value=2, low=3, high=40)


@section()
class Reason:
    article: str = ""
    guess: bool = False


@section(key="name")
class Oar:
    name: str


@section(sails_in_the_season)
class Boat:
    code: Annotated[str, GIVEN]
    label: Text
    kind: Annotated[str, Choice(("FERRY", "SKIFF"))]
    seats: Annotated[int, Whole(1, 40)]
    groups: tuple[GroupCode, ...]
    built: Annotated[date, Key("from")]
    oars: tuple[Oar, ...] = ()
    reason: Annotated[Reason, Spread(("article",), ("guess",))]


@section()
class Harbour:
    boats: Mapping[str, Boat]


GOOD = """\
[boats.anna]
label = { zh = "安娜", en = "Anna" }
kind = "FERRY"
seats = 4
groups = ["CREW"]
from = 1998-05-01
article = "§ 3"
"""


def read(tmp_path, text: str) -> Document:
    file = tmp_path / "harbour.toml"
    file.write_text(text, encoding="utf-8")
    document = read_document(file, file.name)
    document.names = {"group": {"CREW": Name()}}
    table_of(Harbour).check(document, (), document.data)
    return document


class TestASection:
    def test_is_kept_in_memory_as_it_is_declared(self, tmp_path):
        document = read(tmp_path, GOOD)

        assert document.problems == []
        assert table_of(Harbour).made(document.data).boats["anna"] == Boat(
            code="anna",
            label=Text("安娜", "Anna"),
            kind="FERRY",
            seats=4,
            groups=("CREW",),
            built=date(1998, 5, 1),
            reason=Reason(article="§ 3"),
        )

    @pytest.mark.parametrize(
        ("old", "new", "line", "kind"),
        [
            ("seats = 4", "seats = 41", 4, "out_of_range"),
            ("seats = 4", "seats = 2", 4, "out_of_range"),
            ("seats = 4\n", "", 1, "missing_key"),
            ('"FERRY"', '"RAFT"', 3, "unknown_choice"),
            ('["CREW"]', '["OWNERS"]', 5, "unknown_name"),
            ("from =", "built =", 6, "unknown_key"),
            ("from = 1998-05-01\n", "", 1, "missing_date"),
            (', en = "Anna"', "", 2, "missing_label"),
            ('article = "§ 3"', "guess = true", 1, "missing_key"),
            ('article = "§ 3"', 'article = "§ 3"\noars = [{ name = "A" }, { name = "A" }]', 8, "duplicate"),
        ],
    )
    def test_refuses_with_the_line(self, tmp_path, old, new, line, kind):
        problems = read(tmp_path, GOOD.replace(old, new)).problems

        assert ("harbour.toml", line, kind) in [(one.file, one.line, one.kind) for one in problems]

    def test_is_described_key_by_key(self):
        assert list(rows_of("harbour", "", table_of(Harbour))) == [
            "| `boats` | table of tables by name |  |",
            "| `boats.label` | text in both languages |  |",
            "| `boats.kind` | `FERRY`, `SKIFF` |  |",
            "| `boats.seats` | whole number, 1 to 40 |  |",
            "| `boats.groups` | list of: name of a group |  |",
            "| `boats.from` | a date (2026-01-01) |  |",
            "| `boats.article` | a text that is not empty |  |",
            "| `boats.oars`[] | array of tables, each `name` once | optional |",
            "| `boats.oars.name` | a text that is not empty |  |",
            "| `boats.guess` | true or false | optional |",
        ]
