"""Which pages are asked: all that the access matrix names, but files."""

from tests.access.asking import routes_with_pages

LISTS = frozenset(
    "account_list adjustment_list agreement_list application_list area_list arrears_list audit_trail award_list "
    "batch_list fund_balances fund_list journal_list letter_list my_work next_year payment_months people_list "
    "plan_actual plan_actual_records publication_list receivable_list renewal_list resident_list returned_list search "
    "user_list".split()
)
# What these still do. A page that is mended is taken off; none is put on.
OWED_WALKS = {
    "my_work": "every open case of an office is read to see at whose step it waits",
    "application_bulk:accept": "the same, of one step",
    "application_bulk:opinion": "the same, of one step",
    "application_bulk:review": "the same, of one step",
    "application_bulk:publish": "the same, of one step",
    "application_bulk:grant": "the same, of one step",
    "arrears_list": "what a year's funds owe is reckoned from every award of theirs",
    "batch_new": "the same, of a month",
    "award_list": "how many run and what they come to is counted",
    "fund_statement": "every booking of a year is summed",
    "overview": "what each place answers for is counted row by row",
    "overview_records:late": "the same, of one figure",
    "overview_records:unsealed": "the same, of one figure",
    "plan_actual": "recognitions and applications of a year are counted",
}
OWED_COUNTS = {
    "application_list": "what its cases wait for is read in more statements where there are more kinds of cases",
    "my_work": "each room asks for itself, and dues are reckoned for a maker",
    "next_year": "it names what each of five rooms has",
    "plan_actual": "each measure asks for itself",
}
_FILES = ("_pdf", "_file", "_template", "_voucher", "_paper", "_poster", "_print", "print_signs")
PAGES = [route for route in routes_with_pages() if not route.partition(":")[0].endswith(_FILES)]
