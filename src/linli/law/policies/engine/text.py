"""How a pack names its facts."""

from collections.abc import Mapping

from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack


def fact_text(pack: Pack, address: str, names: Mapping[str, str] | None = None) -> Text:
    """ "R-000001.has_spouse" → "R-000001 有配偶", or the member's name where ``names`` has it; facts of the household
    have nobody before them. KeyError for a fact that the pack does not know.
    """
    key, _dot, code = address.rpartition(".")
    member, label = (names or {}).get(key, key), pack.facts[code].label
    return Text(f"{member} {label.zh}".strip(), f"{member} {label.en}".strip())
