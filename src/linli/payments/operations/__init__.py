"""The acts on payment batches."""

from linli.payments.operations.approving import Release, approve, reference, release
from linli.payments.operations.late import take_back
from linli.payments.operations.making import cancel, propose, reissue
from linli.payments.operations.reconciling import reconcile_month
from linli.payments.operations.settling import import_return, write_off
from linli.payments.refusals import NothingDue

__all__ = [
    "NothingDue",
    "Release",
    "approve",
    "cancel",
    "import_return",
    "propose",
    "reconcile_month",
    "reference",
    "reissue",
    "release",
    "take_back",
    "write_off",
]
