"""The bank's answer is read by its layout and nothing else: a row is right, or named with its reason; nothing half."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linli.kernel.errors import DomainError
from linli.law.policies.engine import BankLayout
from linli.money.ledger.models import Journal
from linli.money.payments import operations, queries, refusals
from linli.money.payments.models import PaymentBatch, PaymentItem, ReturnImport
from linli.money.payments.operations import approving
from tests.layers import layer
from tests.ledger.bank import answer, rows_of
from tests.ledger.world import PAY_DAY, World, by

FULL = str.maketrans("0123456789", "０１２３４５６７８９")


@layer
def sent(world: World) -> PaymentBatch:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world.released()


@layer
def sent_hill(world: World) -> PaymentBatch:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world.released(bank="HILL_BANK")


@pytest.fixture
def take(world: World, monkeypatch) -> Callable[..., PaymentBatch]:
    def do(batch: PaymentBatch, data: bytes, layout: BankLayout | None = None) -> PaymentBatch:
        if layout is not None:
            # A layout that is handed in only names one that is installed.
            monkeypatch.setattr(approving, "layouts", lambda: {batch.layout_code: layout})
        return operations.import_return(
            by(world.staff.releaser, PAY_DAY, 15),
            batch_id=batch.pk,
            data=data,
            layout=layout or queries.layouts()[batch.layout_code],
        )

    return do


def refused(take: Callable[..., PaymentBatch], batch: PaymentBatch, data: bytes, **options: Any) -> DomainError:
    """How the answer is refused; whatever the reason, nothing of it is booked."""
    before = (list(PaymentItem.objects.order_by("pk").values()), Journal.objects.count(), ReturnImport.objects.count())
    with pytest.raises(DomainError) as caught:
        take(batch, data, **options)
    after = (list(PaymentItem.objects.order_by("pk").values()), Journal.objects.count(), ReturnImport.objects.count())
    assert after == before
    return caught.value


def second(batch: PaymentBatch, **changes: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """The rows of a right answer, the second with its values changed."""
    rows = rows_of(batch)
    for key, change in changes.items():
        rows[1][key] = change(rows[1][key])
    return rows


def showing(layout: BankLayout, how: str) -> BankLayout:
    columns = tuple(replace(one, shows=how) if one.field == "ACCOUNT" else one for one in layout.returned.lines)
    return replace(layout, returned=replace(layout.returned, lines=columns))


class TestAnAccount:
    @pytest.mark.parametrize(
        "told",
        [
            lambda number: number[-4:],
            lambda number: f"6222****{number[-4:]}",
            lambda number: f"{number[:4]} {number[4:]}",
            lambda number: f"{number[:4]}_{number[4:]}",
            lambda number: f"{number[:4]}-{number[4:]}",
            lambda number: number.translate(FULL),
            lambda number: f"x{number}",
            lambda number: "",
        ],
        ids=["last four", "masked", "blank", "underscore", "stroke", "full width", "letter", "nothing"],
    )
    def test_that_is_not_all_its_digits_is_refused_by_its_row(self, take, sent, told: Callable[[str], str]) -> None:
        error = refused(take, sent, answer(sent, rows=second(sent, account=told)))
        assert isinstance(error, refusals.ReturnMalformed)
        assert "第 3 行" in str(error)
        assert "账号" in str(error)

    def test_that_ends_alike_and_is_another_is_refused_by_its_row(self, take, sent) -> None:
        other = answer(sent, rows=second(sent, account=lambda number: "9" * (len(number) - 4) + number[-4:]))
        assert isinstance(refused(take, sent, other), refusals.ReturnRowUnknown)

    @pytest.mark.parametrize(
        ("how", "told"),
        [("MASKED", lambda number: f"{number[:4]}****{number[-4:]}"), ("LAST_FOUR", lambda number: number[-4:])],
    )
    def test_that_the_layout_shows_in_part_is_taken_so_and_not_otherwise(self, take, sent, how, told) -> None:
        layout = showing(queries.layouts()[sent.layout_code], how)
        part = [{**row, "account": told(row["account"])} for row in rows_of(sent)]
        assert "第 2 行" in str(refused(take, sent, answer(sent), layout=layout))
        assert take(sent, answer(sent, rows=part), layout=layout).state == "CLOSED"

    def test_of_another_ending_is_refused_where_the_layout_shows_the_ending(self, take, sent) -> None:
        layout = showing(queries.layouts()[sent.layout_code], "LAST_FOUR")
        part = [{**row, "account": row["account"][-4:]} for row in rows_of(sent)]
        part[1]["account"] = f"{(int(part[1]['account']) + 1) % 10_000:04}"
        error = refused(take, sent, answer(sent, rows=part), layout=layout)
        assert isinstance(error, refusals.ReturnRowUnknown)

    def test_that_the_layout_leaves_out_is_not_asked_for(self, take, sent) -> None:
        layout = queries.layouts()[sent.layout_code]
        lines = tuple(one for one in layout.returned.lines if one.field != "ACCOUNT")
        shorter = answer(sent, rows=[{**row, "account": ""} for row in rows_of(sent)]).replace(b"||", b"|")
        layout = replace(layout, returned=replace(layout.returned, lines=lines))
        assert take(sent, shorter, layout=layout).state == "CLOSED"


class TestAnAmount:
    @pytest.mark.parametrize(
        "told",
        ["50_000", "50,000", "５００００", "50000.00", " 5 0000", "+50000", "-50000", "5e4", "", "9" * 5_000],
    )
    def test_in_fen_is_digits_and_nothing_else(self, take, sent, told: str) -> None:
        error = refused(take, sent, answer(sent, rows=second(sent, fen=lambda _fen: told)))
        assert isinstance(error, refusals.ReturnMalformed)
        assert "第 3 行" in str(error)

    @pytest.mark.parametrize("told", ["1,200.00", "500.000", "５００.００", "5 00.00", "¥500.00", "500元", "500_0.00"])
    def test_in_yuan_has_at_most_two_decimals_and_no_marks(self, take, sent_hill, told: str) -> None:
        right = answer(sent_hill).decode().split("\n")
        lines = [*right[:1], right[1][:64] + " " * (16 - len(told.encode())) + told + right[1][80:], *right[2:]]
        error = refused(take, sent_hill, "\n".join(lines).encode())
        assert isinstance(error, refusals.ReturnMalformed)
        assert "第 2 行无法识别：金额" in str(error)

    def test_that_differs_is_refused_by_its_row(self, take, sent) -> None:
        error = refused(take, sent, answer(sent, rows=second(sent, fen=lambda fen: fen + 1)))
        assert (error.code, error.details["row"]) == ("payments.return_row_unknown", 3)


class TestAFile:
    @pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8-SIG", "UTF-16"])
    def test_in_another_encoding_says_so(self, take, sent, encoding: str) -> None:
        assert "GBK" in str(refused(take, sent, answer(sent).decode("GBK").encode(encoding)))

    def test_in_another_encoding_without_a_mark_is_refused_by_its_rows(self, take, sent) -> None:
        error = refused(take, sent, answer(sent).decode("GBK").encode("UTF-16-LE"))
        assert isinstance(error, refusals.ReturnRowsRefused)

    def test_in_gbk_for_a_bank_that_writes_utf8_says_so(self, take, sent_hill) -> None:
        told = "户名不符".encode("GBK")
        data = answer(sent_hill).replace(b" " * 60 + b"\n", told + b" " * (60 - len(told)) + b"\n")
        assert "UTF-8" in str(refused(take, sent_hill, data))

    def test_with_a_mark_before_it_says_so_for_utf8_too(self, take, sent_hill) -> None:
        assert "UTF-8" in str(refused(take, sent_hill, b"\xef\xbb\xbf" + answer(sent_hill)))

    @pytest.mark.parametrize("line_end", ["\r\n", "\n"])
    def test_of_a_header_alone_has_no_lines(self, take, sent, line_end: str) -> None:
        head = f"R|{sent.number}|{PAY_DAY:%Y%m%d}|0{line_end}"
        assert "没有明细行" in str(refused(take, sent, head.encode("GBK")))

    def test_with_a_row_twice_names_it(self, take, sent) -> None:
        rows = rows_of(sent)
        error = refused(take, sent, answer(sent, rows=[*rows, rows[0]]))
        assert (error.code, error.details["row"]) == ("payments.return_row_twice", 5)

    def test_with_a_row_of_no_line_names_it(self, take, sent) -> None:
        stranger = {**rows_of(sent)[0], "reference": f"{sent.number}-0099"}
        error = refused(take, sent, answer(sent, rows=[*rows_of(sent), stranger]))
        assert (error.code, error.details["row"]) == ("payments.return_row_unknown", 5)

    @pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\t"])
    def test_with_a_control_character_names_its_row(self, take, sent, sign: str) -> None:
        data = answer(sent).replace("户名".encode("GBK"), f"户{sign}名".encode("GBK"), 1)
        error = refused(take, sent, data)
        assert (error.details["row"], "控制字符" in str(error)) == (2, True)

    @pytest.mark.parametrize("day", ["２０２６０３１６", "2026316", "2026-03-16", "20260316 08"])
    def test_of_a_day_written_otherwise_is_refused(self, take, sent, day: str) -> None:
        data = answer(sent).decode("GBK").replace(f"{PAY_DAY:%Y%m%d}", day).encode("GBK")
        assert "第 1 行" in str(refused(take, sent, data))

    @pytest.mark.parametrize("count", ["３", "3_", "+3", "3.0"])
    def test_of_a_count_written_otherwise_is_refused(self, take, sent, count: str) -> None:
        data = answer(sent).decode("GBK").replace("|3\r\n", f"|{count}\r\n").encode("GBK")
        assert "第 1 行" in str(refused(take, sent, data))

    def test_names_each_wrong_row_with_its_own_reason(self, take, sent) -> None:
        rows = rows_of(sent)
        rows[0]["code"], rows[1]["fen"] = "7777", "1,000"
        error = refused(take, sent, answer(sent, rows=rows))
        assert isinstance(error, refusals.ReturnRowsRefused)
        assert error.details["count"] == 2
        assert "第 2 行无法识别：结果代码“7777”" in str(error)
        assert "第 3 行无法识别：金额“1,000”" in str(error)

    def test_names_each_row_that_answers_nothing(self, take, sent) -> None:
        rows = [{**row, "fen": row["fen"] + 1} for row in rows_of(sent)]
        error = refused(take, sent, answer(sent, rows=rows))
        assert [f"第 {row} 行" in str(error) for row in (2, 3, 4)] == [True] * 3

    def test_names_ten_rows_and_says_how_many_there_are(self) -> None:
        errors = [refusals.ReturnRowTwice(row=row, reference=f"R{row}") for row in range(30, 0, -1)]
        told = str(refusals.refused_by_row(errors))
        assert ("30 行" in told, "R10" in told, "R11" in told) == (True, True, False)
