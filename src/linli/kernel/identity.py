"""Citizen identity numbers (GB 11643-1999): 6 area + 8 birth + 3 order + check digit."""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from linli.kernel.errors import DomainError, gettext_noop

# GB/T 2261.1: 1 male, 2 female.
MALE, FEMALE = 1, 2
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")


class IdentityNumberMalformed(DomainError):
    """Not eighteen characters, seventeen digits and a digit or X."""

    code = "identity.malformed"
    message = gettext_noop("身份证号应为 18 位:前 17 位数字,末位数字或 X")


class IdentityNumberMangled(DomainError):
    """A spreadsheet turned the number into 1.1E+17: the last digits are lost."""

    code = "identity.mangled"
    message = gettext_noop("身份证号 %(text)s 已被表格软件改成科学记数,末几位已丢失;请把该列设为文本后重新填写")


class IdentityNumberChecksumFailed(DomainError):
    """The check digit does not fit: a digit was mistyped."""

    code = "identity.checksum"
    message = gettext_noop("身份证号校验位不符,请核对是否有一位输错")


class IdentityNumberBirthImpossible(DomainError):
    """The eight birth digits are not a day that has been."""

    code = "identity.birth"
    message = gettext_noop("身份证号中的出生日期不存在或在将来")


@dataclass(frozen=True)
class IdentityNumber:
    """A valid number and what it says."""

    text: str
    birth_date: date
    sex: int


def parse_identity_number(text: str, *, on: date, field: str = "") -> IdentityNumber:
    """Check a number as of a day and read birth date and sex from it.

    Accepts blanks, lower-case x and full-width characters. Raises one of the refusals above, each saying what is wrong.
    """
    plain = "".join(_narrow(c) for c in text if not c.isspace()).upper()
    if _SCIENTIFIC.match(plain):
        raise IdentityNumberMangled(field=field, text=text)
    if not re.fullmatch(r"\d{17}[\dX]", plain):
        raise IdentityNumberMalformed(field=field)
    try:
        birth = ric.get_birth_date(plain)
    except (InvalidComponent, ValueError) as error:
        raise IdentityNumberBirthImpossible(field=field) from error
    if birth > on:
        raise IdentityNumberBirthImpossible(field=field)
    try:
        ric.validate(plain)
    except InvalidChecksum as error:
        raise IdentityNumberChecksumFailed(field=field) from error
    except ValidationError as error:
        # The registered place is not in the library's list: GB/T 2260 changes every year, so that is no refusal.
        if ric.calc_check_digit(plain) != plain[-1]:
            raise IdentityNumberChecksumFailed(field=field) from error
    return IdentityNumber(plain, birth, MALE if int(plain[16]) % 2 else FEMALE)


def with_check_digit(first_seventeen: str) -> str:
    """Complete seventeen digits with their check digit."""
    return first_seventeen + str(ric.calc_check_digit(first_seventeen + "0"))


def _narrow(character: str) -> str:
    code = ord(character)
    return chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else character
