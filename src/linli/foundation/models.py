"""Django looks for models here; they live on their floors."""

from linli.foundation.data import sealed, touched
from linli.foundation.data.beats import Beat
from linli.foundation.data.definitions import Definitions
from linli.foundation.data.demonstration import Demonstration
from linli.foundation.data.numbering import Counter
from linli.foundation.data.tallies import RowTally
from linli.foundation.data.touched import Touched
from linli.foundation.files.print_signs import PrintSign
from linli.foundation.trail.checks import Check
from linli.foundation.trail.drafts import Draft
from linli.foundation.trail.exports import Export, ExportPart
from linli.foundation.trail.models import ActKey, AuditEntry, AuditSeal, RowDigests
from linli.foundation.trail.tries import Try
from linli.foundation.trail.views import SavedView

__all__ = [
    "ActKey",
    "AuditEntry",
    "AuditSeal",
    "Beat",
    "Check",
    "Counter",
    "Definitions",
    "Demonstration",
    "Draft",
    "Export",
    "ExportPart",
    "PrintSign",
    "RowDigests",
    "RowTally",
    "SavedView",
    "Touched",
    "Try",
]

for _table, _reason in {
    "foundation_auditentry": "the trail itself: chained, sealed and only appended to",
    "foundation_auditseal": "the seals of the trail: chained, signed and only appended to",
    "foundation_rowdigests": "the digests themselves: an entry of the trail answers for them",
    "foundation_touched": "empty between acts",
    "foundation_actkey": "keeps a form from taking effect twice; what took effect is in the trail",
    "foundation_counter": "the next number of a series; a number given twice is refused by the table it is for",
    "foundation_draft": "what somebody typed and has not sent",
    "foundation_export": "a workbook on its way, thrown away after a day; that it was asked for is in the trail",
    "foundation_exportpart": "the same",
    "foundation_try": "counts of tries from outside, thrown away when they are over",
    "foundation_savedview": "how somebody likes to see a list",
    "foundation_beat": "when a process last said that it is alive",
    "foundation_demonstration": "a row without content, written before anything happens or never",
}.items():
    touched.excuse(_table, _reason)

sealed.holds_envelopes("foundation_draft", "envelope")
sealed.holds_envelopes("foundation_export", "address")
sealed.holds_envelopes("foundation_savedview", "query")
