"""办件进度: somebody outside asks where an application stands; every look is in the trail, so that guessing is seen."""

from linli.aid.assistance.models import Application
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_system
from linli.kernel.act import Act
from linli.registry.residents.queries import ends_in


@act
def look_up(act: Act, *, number: str, digits: str) -> bool:
    """Whether who asks knows the receipt number and the last four signs of the applicant's identity number (of the
    telephone where there is none). Unknown numbers and wrong signs are the same No.

    The entry stands in the application's community; a wrong one as a guess. Raises NotPermitted: nobody is logged in,
    so the product itself asks.
    """
    check_system(act)
    row = Application.objects.filter(number=number).first()
    knows = ends_in(row.applicant_id if row else 0, digits)
    kind = "application" if knows else "guess"
    audit.record(act, where=row.stamp if row else 0, subject=f"{kind}:{number}")
    return knows
