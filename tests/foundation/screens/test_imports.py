import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from linli.foundation.files.tables import Column, RowProblem, TableRefused, read_table
from linli.foundation.screens import context, imports
from linli.foundation.screens.heads import Head
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError

COLUMNS = (Column("name", ("姓名", "Name"), required=True), Column("age", ("年龄", "Age"), kind="INTEGER"))


class NameProblem(RowProblem):
    """A problem of the tests' table."""

    headers = {column.key: column.labels for column in COLUMNS}


class Known(DomainError):
    """A refusal by a column."""

    code = "test.known"
    message = "%(name)s已登记"


class FileForm(forms.Form):
    """A file."""

    file = forms.FileField()


@pytest.fixture
def upload(request_of, monkeypatch):
    """Uploads a text to the page, whose room does what ``take`` does."""
    monkeypatch.setattr(context, "_territory", [])
    monkeypatch.setattr(context.navigation, "link", lambda _request, _page: "")

    def run(take, text="姓名,年龄\n王丽,x\n"):
        request = request_of(data={"file": SimpleUploadedFile("names.csv", text.encode())})
        declared = {"title": "导入", "form": FileForm, "take": lambda _page, _act, data, name: take(data, name)}
        home = {"home": lambda _page: "/work/", "head": lambda _page: Head("导入")}
        return type("Page", (imports.ImportPage,), {**declared, **home})(request, None).response()

    return run


def refuse(data, name):
    """A room that refuses the file for its cells."""
    table = read_table(data, filename=name, columns=COLUMNS)
    raise TableRefused(NameProblem(problem.row, problem) for problem in table.problems)


def raising(error):
    def take(_data, _name):
        raise error

    return take


def text(response):
    return response.content.decode()


class TestImportPage:
    def test_leads_back_when_the_file_is_taken(self, upload):
        assert upload(lambda _data, _name: "已导入").url == "/work/"

    def test_leads_back_when_it_was_taken_before(self, upload):
        assert upload(raising(ActRepeated())).url == "/work/"

    def test_shows_what_stands_in_a_bad_cell_and_where(self, upload):
        page = text(upload(refuse))

        assert all(f"<td>{cell}</td>" in page for cell in ("B 年龄", "x", "「年龄」应为整数，现为 x"))

    def test_names_a_column_in_the_readers_language(self, upload):
        with translation.override("en"):
            assert "<td>B Age</td>" in text(upload(refuse))

    def test_names_a_column_that_is_not_there(self, upload):
        assert "<td>姓名</td>" in text(upload(refuse, "年龄\n7\n"))

    def test_shows_a_rooms_refusal_of_a_row(self, upload):
        page = text(upload(raising(TableRefused([NameProblem(2, Known(field="name", name="王丽"))]))))

        assert all(f"<td>{cell}</td>" in page for cell in ("姓名", "王丽已登记"))

    def test_counts_the_problems_that_are_not_shown(self, upload, monkeypatch):
        monkeypatch.setattr(imports, "SHOWN", 1)

        assert "还有 2 处未列出" in text(upload(refuse, "姓名,年龄\n王丽,x\n李明,y\n赵芳,z\n"))

    def test_says_by_the_field_why_a_file_is_refused(self, upload):
        assert 'href="#id_file"' in text(upload(raising(Known(name="王丽"))))
