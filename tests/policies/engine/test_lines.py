from linli.policies.engine.lines import index_lines

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
