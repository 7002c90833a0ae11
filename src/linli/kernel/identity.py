"""Citizen identity numbers (GB 11643-1999): 6 area + 8 birth + 3 order + check digit."""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.text import plain_number

_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")


class IdentityNumberMalformed(DomainError):
    """Not eighteen characters, seventeen digits and a digit or X."""

    code = "identity.malformed"
    message = gettext_noop("身份证号应为 18 位：前 17 位数字，末位数字或 X")


class IdentityNumberMangled(DomainError):
    """A spreadsheet turned the number into 1.1E+17: the last digits are lost."""

    code = "identity.mangled"
    message = gettext_noop("身份证号 %(text)s 已被表格软件改成科学记数，末几位已丢失；请把该列设为文本后重新填写")


class IdentityNumberCut(IdentityNumberMangled):
    """A spreadsheet kept fifteen digits and wrote 000 for the last three: the check digit does not fit."""

    message = gettext_noop(
        "身份证号 %(text)s 的末三位像是被表格软件改成了 000，校验位不符；请按证件重新填写（在表格里请先把该列设为文本）"
    )


class IdentityNumberPerhapsCut(IdentityNumberCut):
    """As a number that was cut, but the check digit fits, by chance or by right: a person says which."""

    message = gettext_noop(
        "身份证号 %(text)s 的末三位像是被表格软件改成了 000；"
        "请先把该列设为文本，再按证件重新填写。号码确实以 000 结尾的，请在页面上单独录入"
    )


class IdentityNumberChecksumFailed(DomainError):
    """The check digit does not fit: a digit was mistyped."""

    code = "identity.checksum"
    message = gettext_noop("身份证号校验位不符，请核对是否有一位输错")


class IdentityNumberBirthImpossible(DomainError):
    """The eight birth digits are not a day that has been."""

    code = "identity.birth"
    message = gettext_noop("身份证号中的出生日期不存在或在将来")


@dataclass(frozen=True)
class IdentityNumber:
    """A valid number and what it says."""

    text: str
    birth_date: date
    male: bool  # an odd order number is a man's


def parse_identity_number(text: str, *, on: date, field: str = "") -> IdentityNumber:
    """Check a number as of a day and read birth date and sex from it.

    Accepts blanks, invisible marks, lower-case x and full-width characters. Raises one of the refusals above, each
    saying what is wrong.
    """
    plain = plain_number(text)
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
    # The registered place is not asked: GB/T 2260 changes every year.
    if ric.calc_check_digit(plain) != plain[-1]:
        if looks_cut(plain):
            raise IdentityNumberCut(field=field, text=plain)
        raise IdentityNumberChecksumFailed(field=field)
    return IdentityNumber(plain, birth, male=int(plain[16]) % 2 == 1)


def looks_cut(text: str) -> bool:
    """Whether a number ends as Excel ends what it cut: one number in eleven hundred does so by right."""
    return text.endswith("000")


def with_check_digit(first_seventeen: str) -> str:
    """Complete seventeen digits with their check digit."""
    return first_seventeen + str(ric.calc_check_digit(first_seventeen + "0"))
