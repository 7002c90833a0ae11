"""Where an office is reached: entered by an administrator, said under every letter and on every poster."""

import re

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import within_act
from linli.ground.areas.codes import OFFICES
from linli.ground.areas.models import Area
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

# A number with its area code, or a service line of five digits; an extension after 转 or a hyphen.
_TELEPHONE = re.compile(r"\+?\d[\d -]{3,18}\d(?:\s?(?:转|-|ext\.?)\s?\d{1,6})?", re.ASCII)
_DIGITS = range(5, 21)
ADDRESS_LENGTH = 120


class NoOffice(DomainError):
    """Streets and communities have offices."""

    message = _("只有街道和社区登记办公电话和地址")


class TelephoneMalformed(DomainError):
    """A telephone has 5 to 20 digits."""

    message = _("电话填数字，可带区号和分机，例如 010-62340000 转 8012")


class AddressMissing(DomainError):
    """An address that a letter can carry."""

    message = _("地址须填写，最长 120 字")


@within_act
def set_office(act: Act, *, area_id: int, telephone: str, address: str) -> Area:
    """Enter or correct where the office of a street or community is reached; the trail keeps what stood before.

    Raises NoOffice, TelephoneMalformed, AddressMissing.
    """
    telephone, address = " ".join(telephone.split()), " ".join(address.split())
    area: Area = locked(Area.objects.filter(pk=area_id)).get()
    if area.kind not in OFFICES:
        raise NoOffice
    if not _TELEPHONE.fullmatch(telephone) or sum(sign.isdigit() for sign in telephone) not in _DIGITS:
        raise TelephoneMalformed(field="telephone")
    if not address or len(address) > ADDRESS_LENGTH:
        raise AddressMissing(field="address")
    before = {"telephone": area.telephone, "address": area.address}
    area.telephone, area.address = telephone, address
    area.save(update_fields=["telephone", "address"])
    note = {"before": before, "telephone": telephone, "address": address}
    audit.record(act, where=area.stamp, subject=f"area:{area.code}", note=note)
    return area
