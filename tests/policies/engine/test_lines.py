from pathlib import Path

import pytest

from linli.law.policies.engine import document
from linli.law.policies.engine.document import index_lines

TEXT = '''# a comment
title = "one" # with = sign
numbers = [
    1, # ] not the end
    2,
]
story = """
key = "inside a text"
[not.a.table]
"""
plain = \'\'\'one [ line\'\'\'
inline = { a = 1, b = 2 }

[table.inner]
"quoted key" = 3
dotted.key = 4

[[items]]
name = "first"
[[items.parts]]
size = 1
[[items.parts]]
size = 2

[[items]]
name = 'second ] "'
[items.more] # trailing
here = true
'''


class TestIndexLines:
    def test_finds_keys_after_lists_and_long_texts(self):
        index = index_lines(TEXT)

        assert {path[0]: line for path, line in index.items() if len(path) == 1} == {
            "title": 2,
            "numbers": 3,
            "story": 7,
            "plain": 11,
            "inline": 12,
            "table": 14,
            "items": 18,
        }

    def test_finds_quoted_and_dotted_keys(self):
        index = index_lines(TEXT)

        assert (index["table", "inner", "quoted key"], index["table", "inner", "dotted", "key"]) == (15, 16)

    def test_counts_tables_of_an_array_within_another(self):
        index = index_lines(TEXT)

        assert [index["items", 0, "parts", 1, "size"], index["items", 1, "name"]] == [23, 26]

    def test_reads_a_table_below_the_last_element_of_an_array(self):
        assert index_lines(TEXT)["items", 1, "more", "here"] == 28

    def test_finds_no_keys_inside_texts(self):
        assert ("key",) not in index_lines(TEXT)


def test_lines_are_looked_for_only_where_there_is_a_problem_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(document, "index_lines", lambda text: asked.append(text) or index_lines(text))
    (tmp_path / "a.toml").write_text("one = 1\n\ntwo = 2\n", encoding="utf-8")
    read = document.read_document(tmp_path / "a.toml", "a.toml")
    before = len(asked)
    read.report(("two",), "unknown_key", key="x")
    read.report(("one",), "unknown_key", key="x")

    assert (before, [found.line for found in read.problems], len(asked)) == (0, [3, 1], 1)
