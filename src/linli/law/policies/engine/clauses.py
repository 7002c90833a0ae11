"""What a page asks or decides, and the words of the law it rests on: from an address in the pack to its articles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Article, Pack, Paper

_ASIDE = re.compile(r"（[^）]*）$")
# Letters and rules write the same article with marks or a space.
_MARKS = re.compile(r"[《》\s]")


@dataclass(frozen=True)
class Clause:
    """One citation, and its article where the pack holds the words."""

    cited: str
    article: Article | None

    @property
    def label(self) -> Text:
        """What it is called: in both languages where the pack holds it."""
        return self.article.label if self.article else Text(self.cited, self.cited)


def clauses(pack: Pack, basis: str) -> list[Clause]:
    """Each of the articles that a ``legal_basis`` names, in its order."""
    held = {_bare(one.article): one for one in pack.articles.values()}
    return [Clause(one, held.get(_bare(one))) for one in filter(None, map(str.strip, basis.split("；")))]


def clauses_at(pack: Pack, address: str) -> list[Clause]:
    """The articles behind a place of the pack, each once: a section (``papers``, ``publication``) or one of its names
    (``facts.age``, ``deadlines.decision``), or papers by when they are demanded (``papers.PROXY``).

    A fact rests on the articles of the rules that ask for it, what has days on those of its days. A name that this pack
    has not got has none. Raises AttributeError for a section that no pack has.
    """
    found = {_bare(one.cited): one for basis in _bases(pack, address) for one in clauses(pack, basis)}
    return list(found.values())


def _bases(pack: Pack, address: str) -> Iterator[str]:
    section, _, name = address.partition(".")
    held = getattr(pack, section)
    if section == "facts":
        yield from _asking(pack, name)
    elif isinstance(held, Mapping):
        yield from (_basis(pack, row) for key, row in held.items() if name in ("", key, _demanded(row)))
    else:
        yield _basis(pack, held)


def _demanded(row: Any) -> str:
    return row.demanded if isinstance(row, Paper) else ""


def _basis(pack: Pack, row: Any) -> str:
    row = pack.parameters[row.days] if hasattr(row, "days") else row
    cited = row.legal_basis if hasattr(row, "legal_basis") else row.basis.legal_basis
    return cited.zh if isinstance(cited, Text) else str(cited)


def _asking(pack: Pack, fact: str) -> Iterator[str]:
    for rule in pack.graph.rules.values():
        if any(fact in (one.name, pack.graph.nodes[one.name].of) for one in rule.inputs):
            yield rule.article


def _bare(cited: str) -> str:
    return _MARKS.sub("", _ASIDE.sub("", cited.strip()))
