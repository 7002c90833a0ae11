"""Who may load a year of working days: street and district officers, and administrators, whatever their place.

Everybody who works in an office reads the law as it is installed. Packs are installed by the product itself.
"""

from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, NotPermitted, one_rule
from linli.kernel.errors import DomainError

LOADERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.ADMINISTRATOR)


def _load_years(person: Authority) -> DomainError | None:
    """Officers of a street or district, and administrators."""
    return None if person.holds(*LOADERS) else NotPermitted()


can_load_years, check_load_years = one_rule(_load_years, system=True)
