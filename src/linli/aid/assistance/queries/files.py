"""Whether what was uploaded is there as it was handed in: papers of the cases, photographs of notices."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import groupby
from operator import itemgetter

from linli.aid.assistance.models import Paper, Publication
from linli.foundation.files.uploads import fault_of
from linli.foundation.trail.invariants import Violation
from linli.kernel.act import CHINA_TIME


def uploaded(since: date | None = None) -> Iterator[Violation]:
    """Every file that a row names and that is not there as it was: opened once, one at a time, however many name it.

    ``since``: those that came on the day or later.
    """
    papers = Paper.objects.exclude(file_key="")
    proofs = Publication.objects.exclude(proof_key="")
    if since is not None:
        papers = papers.filter(recorded_at__gte=datetime.combine(since, time.min, CHINA_TIME))
        proofs = proofs.filter(posted_date__gte=since)
    rows = papers.order_by("file_key", "pk").values_list("file_key", "file_sha256", "application__number", "code")
    for key, some in groupby(rows.iterator(chunk_size=2000), key=itemgetter(0)):
        fault = fault_of(key)
        for _key, said, number, code in some:
            # The key is the content's digest: a row that says another was never of this file.
            wrong = fault or ("altered" if said not in ("", key) else "")
            if wrong:
                yield Violation(f"upload.{wrong}", f"{number} {code}")
    for key, number in proofs.order_by("pk").values_list("proof_key", "number").iterator(chunk_size=2000):
        if fault := fault_of(key):
            yield Violation(f"upload.{fault}", number)
