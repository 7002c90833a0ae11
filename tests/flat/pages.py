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
    "my_work": (("sqlite",), "what a maker's funds without a batch could pay is reckoned from every award of theirs"),
    "arrears_list": (("sqlite",), "what a year's funds owe is reckoned from every award of theirs"),
    "batch_new": (_BOTH, "the same, of a month"),
    "overview": (_BOTH, "what each place answers for is counted row by row"),
    "overview_records:late": (("sqlite",), "the same, of one figure"),
    "overview_records:unsealed": (_BOTH, "the same, of one figure"),
    "plan_actual": (_BOTH, "recognitions and applications of a year are counted"),
}
OWED_COUNTS = {
    "my_work": (_BOTH, "each room asks for itself, and dues are reckoned for a maker"),
    "plan_actual": (_BOTH, "each measure asks for itself"),
}
# What their orders, filters and later pages do.
OWED_SHAPES = {
    "application_list": (_BOTH, "the days left and the groups of a case stand in no index of a place"),
    "award_list": (("sqlite",), "what expired, none of it here, is looked for among all: its two states have no index"),
    "journal_list": (("postgresql",), "bookings of a line or a source are looked for among all of the fund's"),
    "people_list": (_BOTH, "their order and whose household is closed stand in three tables: no index spans them"),
    "arrears_list": (("sqlite",), "what a programme's awards are owed is reckoned from every one of them"),
}
_FILES = ("_pdf", "_file", "_template", "_voucher", "_paper", "_poster", "_print", "print_signs")
PAGES = [route for route in routes_with_pages() if not route.partition(":")[0].endswith(_FILES)]
