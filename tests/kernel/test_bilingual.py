"""One text in both languages: one class, one way to choose."""

import pytest

from linli.kernel.bilingual import NO_TEXT, Text, apart, as_kept, listed, said

HOME, ROAD = Text("家", "home"), Text("路", "road")


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "家"), ("zh", "家"), (None, "家"), ("en", "home"), ("en-gb", "home")]
)
def test_is_read_in_english_only_where_english_is_read(language, words):
    assert HOME.in_language(language) == said(HOME, language) == words


def test_what_has_one_language_is_said_as_it_is():
    assert (said("家", "en"), said(3, "zh")) == ("家", 3)


def test_its_places_are_filled_in_each_language():
    assert Text("去%(to)s %(days)s 天", "%(days)s days to %(to)s") % {"to": HOME, "days": 3} == Text(
        "去家 3 天", "3 days to home"
    )


def test_several_are_joined_by_each_languages_marks():
    assert listed([HOME, ROAD]) == Text("家、路", "home, road")
    assert apart([HOME, ROAD]) == Text("家；路", "home; road")
    assert listed([]) == NO_TEXT


def test_comes_back_as_it_was_kept():
    assert as_kept(HOME.both) == HOME
