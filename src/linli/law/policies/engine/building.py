"""Turn the checked contents of a pack's files into the frozen pack."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.law.policies.engine import model
from linli.law.policies.engine.graph import Graph
from linli.law.policies.engine.shapes import RETIRED_DEADLINES
from linli.law.policies.engine.units import RANGES

Raw = Mapping[str, Any]


def build_pack(scheme: Raw, parameters: Raw, plan: Raw | None, graph: Graph, digest: str) -> model.Pack:
    """Build the pack. The contents must have passed the checks of the loader."""
    return model.Pack(
        code=scheme["code"],
        version=scheme["version"],
        label=_text(scheme["label"]),
        jurisdiction=_text(scheme["jurisdiction"]),
        source=scheme["source"],
        valid_from=scheme["valid_from"],
        form=_text(scheme["form"]),
        digest=digest,
        facts=_frozen({name: _fact(name, raw) for name, raw in scheme["facts"].items()}),
        parameters=_frozen({name: _parameter(name, raw) for name, raw in parameters.items()}),
        groups=_by_code(model.Group(**_filled(raw)) for raw in scheme["groups"]),
        papers=_by_code(model.Paper(**_filled({"valid_months": None, **raw})) for raw in scheme["papers"]),
        programmes=_by_code(_programme(raw) for raw in scheme["programmes"]),
        services=_by_code(_service(raw) for raw in scheme.get("services", [])),
        classes=_by_code(model.ClassSpec(**_filled(raw)) for raw in scheme.get("classes", [])),
        budget_lines=_by_code(model.BudgetLine(raw["code"], _text(raw["label"])) for raw in scheme["budget_lines"]),
        fund_sources=_by_code(model.FundSource(**_filled(raw)) for raw in scheme["fund_sources"]),
        deadlines=_frozen(
            {code: _deadline(code, raw) for code, raw in scheme["deadlines"].items() if code not in RETIRED_DEADLINES}
        ),
        intake=model.Intake(**_filled(scheme["intake"])),
        publication=model.Publication(**_filled(scheme["publication"])),
        shortage=model.Shortage(**_filled(scheme["shortage"])),
        renewal=model.RenewalRule(**_filled(scheme["renewal"])) if "renewal" in scheme else None,
        assessment_roles=tuple(scheme["assessment"]["roles"]),
        identification=_by_code(
            model.Identification(raw["code"], _text(raw["label"])) for raw in scheme["identification"]
        ),
        notices=_by_code(
            model.Notice(raw["code"], _text(raw["label"]), _text(raw["body"]), _text(raw["legal_basis"]))
            for raw in scheme["notices"]
        ),
        graph=graph,
        plan=None if plan is None else _frozen(dict(plan)),
        remedies=model.Remedies(**_filled(scheme["remedies"])) if "remedies" in scheme else None,
        contact=_contact(scheme["contact"]) if "contact" in scheme else None,
        following=_frozen({raw["cause"]: model.ChangeRule(**_filled(raw)) for raw in scheme.get("following", [])}),
    )


def _text(raw: Raw) -> Text:
    return Text(raw["zh"], raw["en"])


def _contact(raw: Raw) -> model.Contact:
    return model.Contact(raw["telephone"], _text(raw["address"]))


def _frozen(mapping: dict[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(mapping)


def _by_code(items: Any) -> Mapping[str, Any]:
    return _frozen({item.code: item for item in items})


def _basis(raw: Raw) -> model.Basis:
    return model.Basis(
        raw.get("legal_basis", ""),
        raw.get("confidence", ""),
        raw.get("assumption", False),
        _text(raw["why"]) if "why" in raw else None,
    )


def _filled(raw: Raw) -> dict[str, Any]:
    """Texts, tuples and the basis in place of the raw tables."""
    plain = {key: value for key, value in raw.items() if key not in {"legal_basis", "confidence", "assumption", "why"}}
    for key, value in plain.items():
        if isinstance(value, dict):
            plain[key] = _text(value)
        elif isinstance(value, list):
            plain[key] = tuple(value)
    return {**plain, "basis": _basis(raw)}


def _fact(name: str, raw: Raw) -> model.FactSpec:
    low, high = _range(raw)
    register, from_age = raw.get("register", ""), raw.get("from_age")
    return model.FactSpec(name, _text(raw["label"]), raw["level"], raw["unit"], low, high, register, from_age)


def _parameter(name: str, raw: Raw) -> model.Parameter:
    low, high = _range(raw)
    values = sorted(raw["values"], key=lambda dated: dated["from"])
    return model.Parameter(
        name,
        _text(raw["label"]),
        raw["unit"],
        low,
        high,
        _basis(raw),
        tuple(model.DatedValue(dated["from"], dated["value"], dated.get("until")) for dated in values),
    )


def _range(raw: Raw) -> tuple[int, int]:
    low, high = RANGES.get(raw["unit"], (0, 1))
    return raw.get("min", low), raw.get("max", high)


def _programme(raw: Raw) -> model.Programme:
    months = {key: Month.parse(raw[key]) for key in ("first_month", "last_month")}
    return model.Programme(**{**_filled(raw), **months})


def _service(raw: Raw) -> model.Service:
    items = tuple(model.ServiceItem(item["code"], _text(item["label"])) for item in raw.get("items", []))
    return model.Service(**{**_filled(raw), "items": items})


def _deadline(code: str, raw: Raw) -> model.DeadlineSpec:
    return model.DeadlineSpec(code, _text(raw["label"]), raw["days"], raw.get("amber"))
