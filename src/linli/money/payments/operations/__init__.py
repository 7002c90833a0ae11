"""The acts on payment batches."""

from linli.money.payments.operations.approving import Release, approve, reference, release, take_file
from linli.money.payments.operations.late import propose_late_return
from linli.money.payments.operations.making import cancel, propose, reissue
from linli.money.payments.operations.reconciling import reconcile_month
from linli.money.payments.operations.settling import import_return, write_off
from linli.money.payments.refusals import NothingDue
