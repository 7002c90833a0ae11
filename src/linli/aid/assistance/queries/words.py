"""What the installed schemes call the facts of people and households: the registry knows only their codes."""

from linli.law.policies.queries import installed, pack_of
from linli.registry.residents.queries.vocabulary import FactWord, Unit


def fact_words() -> list[FactWord]:
    """Every fact that an installed pack asks for, worked-out ones (age) left out; the newest pack's words win."""
    words: dict[str, FactWord] = {}
    for version in installed():
        for name, spec in pack_of(version.pk).facts.items():
            if spec.unit == "AGE":
                continue
            unit: Unit = "BOOL" if spec.unit == "BOOL" else "FEN" if spec.unit == "FEN" else "INTEGER"
            words[name] = FactWord(name, spec.label, unit, spec.level == "HOUSEHOLD")
    return list(words.values())
