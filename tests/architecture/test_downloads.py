"""A file is saved by the browser: nothing that gives one stands where a script would put the answer into the page."""

import re

from tests.architecture.source import PACKAGE, short

# What a template says where a file comes out: the format asked for, the route of an export, the word on the button.
_FILE = re.compile(
    r"""["'](?:xlsx|csv|pdf)["']|_(?:xlsx|csv|pdf|export|document|workbook)\b|value=["']?(?:xlsx|csv|pdf)"""
)
_SCRIPTED = re.compile(r"<(\w+)\b[^>]*\bhx-(?:get|post|put|patch|delete)\b[^>]*>(?:.*?</\1>)?", re.DOTALL)
_BUTTON = re.compile(r"<(?:button|input)\b[^>]*>", re.DOTALL)
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))


def scripted_files(source: str) -> list[str]:
    """The elements of a template that fetch by script and ask for a file, themselves or by something inside."""
    return [found.group()[:200] for found in _SCRIPTED.finditer(source) if _FILE.search(found.group())]


def test_no_file_is_asked_for_from_inside_a_scripted_form_or_link():
    wrong = [f"{short(path)}: {one}" for path in TEMPLATES for one in scripted_files(path.read_text())]

    assert wrong == []


def test_no_part_of_a_page_takes_over_all_links_inside():
    wrong = [short(path) for path in TEMPLATES if "hx-boost" in path.read_text()]

    assert wrong == [], "an export link inside would be fetched by script"


def test_no_button_of_a_filter_sends_for_a_file():
    wrong = [
        f"{short(path)}: {button}"
        for path in TEMPLATES
        for button in _BUTTON.findall(path.read_text())
        if _FILE.search(button)
    ]

    assert wrong == [], "a button is sent by the form it stands in; a plain link gives the file"


def test_the_check_sees_a_file_asked_for_by_a_button_in_a_scripted_form():
    form = '<form hx-get="/cases/" hx-target="#x"><button name="format" value="xlsx">x</button></form>'

    assert scripted_files(form) == [form]
