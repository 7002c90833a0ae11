"""Which pages are asked: all that the access matrix names, but files."""

from tests.access.asking import routes_with_pages

LISTS = frozenset(
    "account_list adjustment_list agreement_list application_list area_list arrears_list audit_trail award_list "
    "batch_list fund_balances fund_list journal_list letter_list my_work next_year payment_months people_list "
    "plan_actual plan_actual_records publication_list receivable_list renewal_list resident_list returned_list search "
    "user_list".split()
)
# What these still do, on one database or both. A page that is mended is taken off, or its test fails; none is put on.
_BOTH = ("sqlite", "postgresql")
OWED_WALKS = {
    "plan_actual": (_BOTH, "recognitions and applications of a year are counted"),
    "metrics": (_BOTH, "looks at masked values of thirty days are counted one by one"),
}
OWED_COUNTS = {
    "my_work": (_BOTH, "each room asks for itself"),
}
# What their orders, filters and later pages do: nothing any more.
OWED_SHAPES: dict[str, tuple[tuple[str, ...], str]] = {}
_FILES = ("_pdf", "_file", "_template", "_voucher", "_paper", "_poster", "_print", "print_signs")
PAGES = [route for route in routes_with_pages() if not route.partition(":")[0].endswith(_FILES)]
