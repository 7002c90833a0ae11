"""The columns of the household table."""

from collections.abc import Mapping
from functools import lru_cache

from linli.foundation.files.tables import Choice, Column, choices_of, template_workbook
from linli.registry.residents.codes import HukouKind, Relation, ResidenceKind, Sex
from linli.registry.residents.rules.registration import register_words

LABELS: Mapping[str, tuple[str, str]] = {
    "household": ("户序号", "Household"),
    "place": ("楼栋或网格", "Building or grid"),
    "address": ("门牌", "Door"),
    "name": ("姓名", "Name"),
    "relation": ("与户主关系", "Relation to head"),
    "sex": ("性别", "Sex"),
    "birth_date": ("出生日期", "Birth date"),
    "id_number": ("身份证号", "Identity number"),
    "phone": ("电话", "Telephone"),
    "hukou_kind": ("户籍类型", "Registration"),
    "hukou_place": ("户籍地", "Registered at"),
    "residence_kind": ("居住类型", "Residence"),
    "residence_place": ("居住地", "Lives at"),
    "print_as": ("打印写法", "Printed as"),
    "resident": ("居民编号", "Resident number"),
}

_EXAMPLES = {
    "household": "1",
    "place": "和平里 1 号楼",
    "address": "2 单元 301",
    "name": "王建国",
    "relation": "户主",
    "sex": "男",
    "birth_date": "1950-05-01",
    "phone": "13800138000",
}
_NOTES = (
    ("全部正确才会导入；有错误时一行也不导入，并逐行逐列说明原因。", "All or nothing: every error is named by row."),
    ("同一文件重复导入不会产生重复记录。", "Importing the same file again changes nothing."),
)


@lru_cache(maxsize=1)
def household_columns() -> tuple[Column, ...]:
    """The columns; made on first use, since labels are translated."""
    return (
        Column(
            "household",
            LABELS["household"],
            required=True,
            hint=("同一户的成员填写同一序号，如 1、2、3", "Same label for all members of a household: 1, 2, 3"),
        ),
        Column(
            "place",
            LABELS["place"],
            required=True,
            hint=("名称或区划代码", "Name or area code"),
        ),
        Column("address", LABELS["address"], hint=("如 2 单元 301", "Such as 2-301")),
        Column("name", LABELS["name"], required=True),
        Column(
            "relation",
            LABELS["relation"],
            required=True,
            kind="CHOICE",
            choices=_relations(),
            hint=("也可用户口簿上的称谓，如长子、次女、儿媳", "Words of the register are read too: 长子，次女，儿媳"),
        ),
        Column("sex", LABELS["sex"], required=True, kind="CHOICE", choices=choices_of(Sex)),
        Column("birth_date", LABELS["birth_date"], required=True, kind="DATE", hint=("2026-03-09", "2026-03-09")),
        Column(
            "id_number",
            LABELS["id_number"],
            hint=("文本格式，18 位；新生儿可不填", "As text, 18 characters; may be empty for newborns"),
        ),
        Column("phone", LABELS["phone"]),
        Column("hukou_kind", LABELS["hukou_kind"], kind="CHOICE", choices=choices_of(HukouKind)),
        Column("hukou_place", LABELS["hukou_place"]),
        Column("residence_kind", LABELS["residence_kind"], kind="CHOICE", choices=choices_of(ResidenceKind)),
        Column("residence_place", LABELS["residence_place"]),
        Column(
            "print_as",
            LABELS["print_as"],
            hint=(
                "一般不填；字库没有的字在文书上怎样写",
                "Usually empty; what paper shows for a sign no font has",
            ),
        ),
        Column(
            "resident",
            LABELS["resident"],
            hint=(
                "一般不填；提示某人可能已登记时，填其编号，确是另一人填「新登记」",
                "Usually empty; when asked whether somebody is registered: the number, or NEW for another person",
            ),
        ),
    )


def _relations() -> tuple[Choice, ...]:
    """The registry's relations, read in the words of household registers too."""
    words = register_words()
    return tuple(Choice(code, (*labels, *words.get(code, ()))) for code, labels in choices_of(Relation))


def household_template() -> bytes:
    """The empty table as an xlsx workbook with instructions in both languages."""
    return template_workbook(household_columns(), examples=_EXAMPLES, notes=_NOTES)
