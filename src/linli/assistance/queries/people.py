"""What to call the people of a household where a page or a letter speaks of one of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from linli.kernel.masking import mask_name
from linli.residents.queries import members_on


def called(household_ids: set[int], on: date) -> Mapping[str, str]:
    """Masked names by number, of everybody in the households on the day; one statement.

    Two people of a household whose masked names look alike keep their numbers beside them.
    """
    found: dict[str, str] = {}
    for members in members_on(household_ids, on).values():
        names = {one.number: mask_name(one.name) for one in members}
        often = Counter(names.values())
        found |= {number: name if often[name] == 1 else f"{name} {number}" for number, name in names.items()}
    return found
