"""Refusals say what they know, in the reader's language."""

import pytest

from linli.kernel.errors import DomainError, gettext_noop


class TooMany(DomainError):
    code = "test.too_many"
    message = "%(count)s 件，超过 %(limit)s 件"


class Plain(DomainError):
    message = "100% 不行"


class TestDomainError:
    def test_is_called_after_its_room_and_its_class(self):
        kind = type("AccountNameMissing", (DomainError,), {"__module__": "linli.ground.users.operations.accounts"})

        assert kind.code == "users.account_name_missing"
        assert (TooMany.code, type("OneTooMany", (TooMany,), {}).code) == ("test.too_many", "test.too_many")

    def test_fills_its_sentence_when_it_is_read(self):
        assert str(TooMany(count=3, limit=2)) == "3 件，超过 2 件"

    def test_a_sentence_without_details_is_left_as_it_is(self):
        assert str(Plain()) == "100% 不行"

    def test_belongs_to_a_field_or_to_the_whole_form(self):
        assert (TooMany(field="items", count=1, limit=0).field, Plain().field) == ("items", "")

    def test_offers_its_details_as_attributes(self):
        assert TooMany(count=3, limit=2).count == 3

    def test_has_no_attribute_that_nobody_gave_it(self):
        with pytest.raises(AttributeError, match="missing"):
            _ = TooMany(count=3, limit=2).missing

    def test_an_instance_without_details_has_none_either(self):
        bare = TooMany.__new__(TooMany)

        with pytest.raises(AttributeError, match="count"):
            _ = bare.count

    def test_the_code_is_what_a_log_shows(self):
        assert TooMany(count=3, limit=2).args == ("test.too_many",)

    def test_a_refusal_without_words_of_its_own_still_says_something(self):
        assert (DomainError().code, str(DomainError())) == ("refused", "操作被拒绝")


class TestGettextNoop:
    def test_marks_a_text_and_leaves_it_alone(self):
        assert gettext_noop("操作被拒绝") == "操作被拒绝"
