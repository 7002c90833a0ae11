"""A query that is asked often keeps its text: it gives what the query set would give, whatever is asked for."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from linli.foundation.data.locks import locked
from linli.foundation.data.prepared import NotPreparable, prepared
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations import create_user
from tests.conftest import system_act
from tests.foundation.trail.threads import in_threads

NOON = date(2026, 3, 9)


def held(user_ids: Collection[int], on: date) -> QuerySet[Assignment, Any]:
    """Roles of people on a day, with a constant, a join and a day between two bounds."""
    ended = Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    rows = Assignment.objects.filter(ended, user_id__in=user_ids, valid_from__lte=on, user__is_active=True)
    return rows.order_by("pk").values_list("user__name", "role", "valid_from", "valid_until", "user__is_active")


class TestRows:
    @pytest.mark.parametrize("number", [0, 1, 3, 5, 13])
    def test_are_those_of_the_query_set(self, staff, number):
        ids = [user.pk for user in User.objects.order_by("-pk")[:number]]
        ask = prepared(held)

        assert ask(ids, NOON) == list(held(ids, NOON))
        assert len(ask(ids, NOON)) == number

    def test_follow_the_values_that_are_asked_for(self, staff):
        ask = prepared(held)
        asked = [[staff.clerk.pk, staff.maker.pk], [staff.checker.pk, staff.director.pk]]

        found = [ask(ids, NOON) for ids in asked]

        assert found == [list(held(ids, NOON)) for ids in asked]
        assert ask(asked[0], date(2024, 12, 31)) == []

    def test_are_models_with_what_was_joined(self, staff):
        ask = prepared(lambda user_id: Assignment.objects.filter(user_id=user_id).select_related("user", "area"))

        ask(staff.clerk.pk)
        [row] = ask(staff.maker.pk)
        with CaptureQueriesContext(connection) as sent:
            assert (row.user.name, row.area.name) == ("吴敏", "和平街道")
        assert len(sent) == 0
        assert isinstance(row.valid_from, date)

    def test_of_texts_are_found_whatever_stands_in_them(self, staff):
        ask = prepared(lambda name: User.objects.filter(name=name).values_list("pk", flat=True))

        assert ask("王丽") == [staff.clerk.pk]
        assert ask("100%s' OR 1=1 --") == []

    def test_of_more_ids_than_texts_are_kept_for(self, staff):
        ids = [*range(10_000, 10_600), staff.clerk.pk]

        assert prepared(held)(ids, NOON) == list(held(ids, NOON))

    def test_are_empty_for_no_ids_without_a_statement(self, staff):
        with CaptureQueriesContext(connection) as sent:
            assert prepared(held)([], NOON) == []
        assert len(sent) == 0


class TestText:
    def test_is_built_once_for_as_many_ids(self, staff):
        built = []

        def counted(user_ids: Collection[int], on: date) -> QuerySet[Assignment, Any]:
            built.append(len(user_ids))
            return held(user_ids, on)

        ask = prepared(counted)
        ids = [user.pk for user in User.objects.order_by("pk")]
        for number in range(5, 9):
            assert len(ask(ids[:number], NOON)) == number

        # Five to eight ids share a text; it is built with other stand-ins once more, to see that nothing else differs.
        assert built == [8, 8]

    def test_is_sent_once_for_each_question(self, staff):
        ask = prepared(held)
        ask([staff.clerk.pk], NOON)

        with CaptureQueriesContext(connection) as sent:
            ask([staff.maker.pk], NOON)

        assert len(sent) == 1

    def test_is_not_kept_for_what_is_no_plain_value(self, staff):
        ask = prepared(lambda active: User.objects.filter(is_active=active).order_by("pk"))

        assert ask(True) == list(User.objects.order_by("pk"))
        assert ask(False) == []

    def test_is_refused_when_an_argument_does_not_reach_it(self, staff):
        ask = prepared(lambda ids: User.objects.filter(pk=min(ids) - 1))

        with pytest.raises(NotPreparable):
            ask([staff.clerk.pk])

    @pytest.mark.parametrize("days", [-1, 1, 7])
    def test_is_refused_when_something_reckoned_from_an_argument_reaches_it_too(self, staff, days):
        ask = prepared(
            lambda on, until: Assignment.objects.filter(
                Q(valid_from=on) | Q(valid_from=on + timedelta(days=days)), valid_from__lte=until
            )
        )

        with pytest.raises(NotPreparable):
            ask(NOON, NOON)

    @pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite locks no rows")
    def test_that_locks_is_refused_where_nothing_would_hold_the_rows(self, committed_database):
        ask = prepared(lambda pk: locked(User.objects.filter(pk=pk)))
        with transaction.atomic():
            assert ask(1) == []

        with pytest.raises(transaction.TransactionManagementError):
            ask(1)

    def test_serves_every_thread_through_its_own_connection(self, committed_database):
        ask = prepared(lambda pk: User.objects.filter(pk=pk).values_list("pk", flat=True))
        user = create_user(system_act(), username="wang", name="王丽")
        assert ask(user.pk) == [user.pk]

        assert in_threads(2, lambda _number: ask(user.pk)) == [[user.pk]] * 2
