"""Invented names and numbers. Nobody real: area 990101 does not exist, and phones begin with an unused prefix."""

from datetime import date
from random import Random

from linli.kernel.identity import with_check_digit
from linli.simulator.chance import happens

_SURNAMES = (
    "王王王李李李张张张刘刘陈陈杨杨黄赵赵周周吴吴徐孙孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
    "叶程苏魏吕"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛")
_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆志国建文德福生林海"
_FEMALE = "芳娜敏静丽艳娟霞秀英玲桂兰凤洁梅琳雪慧莹婷玉萍红月琴云莲珍香"
_AREA = "990101"


def surname(draw: Random) -> str:
    """A surname, rarely a compound one."""
    return draw.choice(_COMPOUND) if happens(draw, 0.01) else draw.choice(_SURNAMES)


def given_name(draw: Random, *, male: bool) -> str:
    """A given name of one or two characters."""
    letters = _MALE if male else _FEMALE
    return "".join(draw.choice(letters) for _ in range(1 if happens(draw, 0.25) else 2))


def identity_number(birth_date: date, serial: int, *, male: bool) -> str:
    """A number with a right check digit in an area that does not exist; ``serial`` 0–499 on one birth date."""
    order = (serial % 500) * 2 + (1 if male else 0)
    return with_check_digit(f"{_AREA}{birth_date:%Y%m%d}{order:03d}")


def phone(serial: int) -> str:
    """A mobile number that no operator gives out."""
    return f"100{serial:08d}"
