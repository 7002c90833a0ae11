"""What is shown when the full value must not be: names, identity numbers, phones, accounts."""

from linli.kernel.text import plain_name

# Two-character surnames in use; anything else has a surname of one character.
COMPOUND_SURNAMES = frozenset(
    (
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯 轩辕 端木 百里 南宫 呼延 独孤 "
        "西门 东郭 闻人 澹台 公冶 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 司空 亓官 公良 漆雕 乐正 宰父 "
        "谷梁 拓跋 夹谷 左丘 宗政 万俟"
    ).split()
)


def surname_of(name: str) -> str:
    """The surname: two characters for 欧阳, 司马 …, else one."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]


def mask_name(name: str) -> str:
    """张三 → 张*, 王小明 → 王*明, 欧阳娜娜 → 欧阳*娜; names in letters keep their first letter."""
    name = plain_name(name)
    surname = surname_of(name)
    given = name[len(surname) :]
    if not name or not given:
        return surname + "*" if name else ""
    if name.isascii():
        return name[0] + "***"
    return f"{surname}*{given[-1]}" if len(given) > 1 else f"{surname}*"


def mask_identity_number(text: str) -> str:
    """Keep the last four: enough to tell two numbers apart at a counter. What comes before is a place and the birth
    date, which pages show beside it.
    """
    return f"{'*' * 14}{text[-4:]}" if len(text) == 18 else "*" * len(text)


def mask_phone(text: str) -> str:
    """Keep the first three and the last four of a mobile number."""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "*" * max(len(text) - 2, 0) + text[-2:]
