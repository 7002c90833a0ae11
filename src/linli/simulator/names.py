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
# As people were named: born before the year, men's and women's given names.
_GIVEN = (
    (
        1955,
        "德福 福生 金生 长贵 永福 国栋 文华 世昌 玉林 树林 德明 志明 "
        "庆祥 万福 兴国 明义 宝山 振华 家声 云山 守义 继先 春生 有才",
        "秀英 桂兰 玉兰 桂英 凤英 素珍 淑芳 玉梅 秀兰 月琴 素芬 惠珍 "
        "桂花 春梅 玉珍 秀珍 淑兰 凤琴 爱珍 美英 菊香 兰芳 金凤 翠莲",
    ),
    (
        1975,
        "建国 建华 卫东 志强 国庆 建军 爱民 永强 国强 建平 小平 卫国 "
        "新民 志刚 长江 海山 广林 保国 立新 学军 和平 文祥 树生 德胜",
        "丽华 秀芳 爱华 桂芳 红梅 丽萍 建英 玉华 秀梅 亚萍 小红 春兰 "
        "爱玲 美华 月英 玉萍 卫红 晓兰 敏华 文英 淑华 金花 海英 惠芳",
    ),
    (
        1995,
        "伟 强 磊 军 勇 涛 超 斌 鹏 志伟 晓东 海涛 建波 俊峰 永刚 明辉 立军 文斌 世杰 国伟 宏伟 振宇 剑 亮",
        "静 丽 娟 艳 芳 敏 燕 娜 晓红 海燕 丽娜 雪梅 晓燕 文静 玲玲 婷婷 春燕 倩 霞 蓉 颖 莉 秀丽 佳",
    ),
    (
        2010,
        "浩 宇 杰 俊杰 浩然 文博 天宇 子豪 嘉伟 宇航 晨 佳豪 思远 博文 志远 泽宇 凯 锐 睿 鑫 明轩 家辉 旭 昊",
        "婷 雪 倩 欣 思雨 佳怡 雨婷 欣怡 梦瑶 雅琪 晓雯 诗琪 文慧 嘉欣 怡 琳 悦 思琪 佳慧 雨欣 梦洁 雅婷 可欣 静怡",
    ),
    (
        9999,
        "子轩 浩宇 梓豪 宇轩 皓轩 子墨 奕辰 沐阳 俊熙 嘉懿 博涵 亦航 "
        "铭泽 瑞霖 景行 书恒 宇泽 子睿 承泽 明哲 安然 知远 晨曦 一鸣",
        "梓涵 一诺 欣妍 诗涵 子涵 雨桐 可馨 依诺 梦琪 语桐 若曦 心怡 "
        "沐晴 艺涵 佳琪 雨萱 紫萱 书瑶 清妍 芷晴 安琪 悦宁 乐瑶 如意",
    ),
)
_AREA = "990101"


def surname(draw: Random) -> str:
    """A surname, rarely a compound one."""
    return draw.choice(_COMPOUND) if happens(draw, 0.01) else draw.choice(_SURNAMES)


def given_name(draw: Random, *, male: bool, born: int) -> str:
    """A given name as people of that year are called."""
    _before, men, women = next(row for row in _GIVEN if born < row[0])
    return draw.choice((men if male else women).split())


def identity_number(birth_date: date, serial: int, *, male: bool) -> str:
    """A number with a right check digit in an area that does not exist; ``serial`` 0–499 on one birth date."""
    order = (serial % 500) * 2 + (1 if male else 0)
    return with_check_digit(f"{_AREA}{birth_date:%Y%m%d}{order:03d}")


def phone(serial: int) -> str:
    """A mobile number that no operator gives out."""
    return f"100{serial:08d}"
