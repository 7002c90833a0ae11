"""Django looks for models here; they live on their floors."""

from linli.foundation.data.beats import Beat
from linli.foundation.data.demonstration import Demonstration
from linli.foundation.data.numbering import Counter
from linli.foundation.files.print_signs import PrintSign
from linli.foundation.trail.drafts import Draft
from linli.foundation.trail.exports import Export, ExportPart
from linli.foundation.trail.models import ActKey, AuditEntry, AuditSeal
from linli.foundation.trail.tries import Try
from linli.foundation.trail.views import SavedView

__all__ = [
    "ActKey",
    "AuditEntry",
    "AuditSeal",
    "Beat",
    "Counter",
    "Demonstration",
    "Draft",
    "Export",
    "ExportPart",
    "PrintSign",
    "SavedView",
    "Try",
]
