"""Is every number one that can be: people who exist, months of the year, weeks that it has, money that is used."""

from collections.abc import Iterator

from linli.kernel.bilingual import Text
from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.overview.planning.engine.cashflow import amount_fen, inflows, outlay_fen, paid_months
from linli.overview.planning.engine.checks.hours import REGISTERED, iso_weeks
from linli.overview.planning.engine.finding import Finding, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    HOUSEHOLDS,
    PERSONS,
    Change,
    Plan,
    Programme,
    Source,
)
from linli.overview.planning.engine.ways import scaled_recipients
from linli.overview.planning.engine.wording import count

RESIDENTS_PATH, HOUSEHOLDS_PATH = "population.residents", "population.households"
# Money is idle when more than one part in so many has nothing to be spent on.
_IDLE_PARTS = 100


def population_is_there(plan: Plan) -> Iterator[Finding]:
    """A community without residents or households, or with more households than people."""
    for path, unit in ((RESIDENTS_PATH, PERSONS), (HOUSEHOLDS_PATH, HOUSEHOLDS)):
        if plan.optional(path) == 0:
            yield _nobody(plan, path, unit)
    residents, households = plan.optional(RESIDENTS_PATH), plan.optional(HOUSEHOLDS_PATH)
    if residents and households and households > residents:
        yield found(
            code="HOUSEHOLDS_EXCEED_RESIDENTS",
            subject="population",
            severity=Severity.SERIOUS,
            zh=f"{count(households)} 户多于 {count(residents)} 人：每户至少一人",
            en=f"{count(households)} households are more than {count(residents)} residents; each has one at least",
            arithmetic=f"{count(households)} > {count(residents)}",
            figures=(HOUSEHOLDS_PATH, RESIDENTS_PATH),
            remedies=(
                remedy(
                    f"把户数改为 {count(residents)}",
                    f"Set the households to {count(residents)}",
                    Change(HOUSEHOLDS_PATH, residents),
                ),
                remedy(
                    f"把人口改为 {count(households)}",
                    f"Set the residents to {count(households)}",
                    Change(RESIDENTS_PATH, households),
                ),
            ),
            magnitude=permille(households - residents, households),
        )


def _nobody(plan: Plan, path: str, unit: str) -> Finding:
    """As many are there at least as the largest group that counts them."""
    most = max([plan.number(f"groups.{g.code}.target") for g in plan.groups if g.unit == unit], default=0)
    least = max(most, 1)
    words = Text("户", "households") if unit == HOUSEHOLDS else Text("人", "residents")
    return found(
        code="POPULATION_EMPTY",
        subject=path,
        severity=Severity.SERIOUS,
        zh=f"方案写 0 {words.zh}，占比和目标都无从计算",
        en=f"The plan counts 0 {words.en}: no share can be one of nobody",
        arithmetic=f"0 < {count(least)}",
        figures=(path,),
        remedies=(
            remedy(
                f"至少写 {count(least)} {words.zh}（最大的一类人群）",
                f"Write {count(least)} {words.en} at least (the largest group)",
                Change(path, least),
            ),
        ),
        magnitude=1000,
    )


def opening_within_recipients(plan: Plan) -> Iterator[Finding]:
    """Who is on the books when the year opens is among those who are paid in it."""
    for programme in plan.programmes:
        path = f"programmes.{programme.code}"
        opening, recipients = plan.optional(f"{path}.opening_caseload"), plan.number(f"{path}.recipients")
        if opening is not None and opening > recipients:
            yield found(
                code="OPENING_EXCEEDS_RECIPIENTS",
                subject=programme.code,
                severity=Severity.SERIOUS,
                zh=f"“{programme.label.zh}”年初在册 {count(opening)}，全年却只发给 {count(recipients)}",
                en=f"“{programme.label.en}” opens the year with {count(opening)} and pays {count(recipients)} in it",
                arithmetic=f"{count(opening)} > {count(recipients)}",
                figures=(f"{path}.opening_caseload", f"{path}.recipients"),
                remedies=(
                    remedy(
                        f"年初在册改为 {count(recipients)}",
                        f"Open with {count(recipients)}",
                        Change(f"{path}.opening_caseload", recipients),
                    ),
                    remedy(f"发给 {count(opening)}", f"Pay {count(opening)}", Change(f"{path}.recipients", opening)),
                ),
                magnitude=permille(opening - recipients, opening),
            )


def somebody_applies(plan: Plan) -> Iterator[Finding]:
    """A programme with recipients of whom nobody applies."""
    for programme in plan.programmes:
        path = f"programmes.{programme.code}.uptake"
        recipients = plan.number(f"programmes.{programme.code}.recipients")
        if plan.optional(path) == 0 and recipients:
            yield found(
                code="NOBODY_APPLIES",
                subject=programme.code,
                severity=Severity.SERIOUS,
                zh=f"“{programme.label.zh}”计划发给 {count(recipients)}，申请率却是 0%",
                en=f"“{programme.label.en}” is planned for {count(recipients)}, and nobody of them applies",
                arithmetic=f"0% × {count(recipients)} = 0 < {count(recipients)}",
                figures=(path, f"programmes.{programme.code}.recipients"),
                remedies=(remedy("申请率改为 100%", "Set the take-up to 100%", Change(path, 100)),),
                magnitude=1000,
            )


def shares_leave_somebody(plan: Plan) -> Iterator[Finding]:
    """A group that is everybody: the share may be right, but then it says nothing about whom it is for."""
    for group in plan.groups:
        path = f"ratios.{group.code}.percent"
        if plan.optional(path) == 100:
            target = plan.number(f"groups.{group.code}.target")
            yield found(
                code="SHARE_IS_THE_WHOLE",
                subject=group.code,
                severity=Severity.NOTE,
                zh=f"“{group.label.zh}”占 100%：等于说人人都是",
                en=f"“{group.label.en}” are 100%: that is everybody",
                arithmetic=f"100%; {count(target)}",
                figures=(path, f"groups.{group.code}.target"),
                remedies=tuple(_smaller_share(plan, group.code, target)),
                magnitude=0,
            )


def _smaller_share(plan: Plan, code: str, target: int) -> Iterator[Remedy]:
    whole = plan.optional(HOUSEHOLDS_PATH if plan.word(f"ratios.{code}.of") == HOUSEHOLDS else RESIDENTS_PATH) or 0
    right = min(99, target * 100 // whole) if whole else 99
    yield remedy(f"按目标人数改为 {right}%", f"Say {right}%, as the target is", Change(f"ratios.{code}.percent", right))


def volunteers_are_residents(plan: Plan) -> Iterator[Finding]:
    """More volunteers than the community has people."""
    if not plan.has(REGISTERED, RESIDENTS_PATH):
        return
    volunteers, residents = plan.number(REGISTERED), plan.number(RESIDENTS_PATH)
    if residents and volunteers > residents:
        yield found(
            code="VOLUNTEERS_EXCEED_RESIDENTS",
            subject="volunteers",
            severity=Severity.SERIOUS,
            zh=f"志愿者 {count(volunteers)} 名，比居民 {count(residents)} 人还多",
            en=f"{count(volunteers)} volunteers are more than the {count(residents)} residents",
            arithmetic=f"{count(volunteers)} > {count(residents)}",
            figures=(REGISTERED, RESIDENTS_PATH),
            remedies=(
                remedy(
                    f"志愿者按 {count(residents)} 名计",
                    f"Count on {count(residents)} volunteers",
                    Change(REGISTERED, residents),
                ),
            ),
            magnitude=permille(volunteers - residents, volunteers),
        )


def weeks_are_a_years(plan: Plan) -> Iterator[Finding]:
    """A year has 52 or 53 weeks; visits for a part of it have as many as the months of activities."""
    months = plan.number("months")
    for visit in plan.visits:
        path = f"visits.{visit.code}.weeks_per_year"
        stated = plan.optional(path)
        if stated is None:
            continue
        # Half a month either way: a month has four weeks or five.
        low, high = (52, 53) if months >= 12 else (months * 52 // 12 - 2, min(53, -(-months * 52 // 12) + 2))
        if not low <= stated <= high:
            right = iso_weeks(plan.year) if months >= 12 else max(1, months * 52 // 12)
            yield found(
                code="WEEKS_NOT_OF_THE_YEAR",
                subject=visit.code,
                severity=Severity.SERIOUS,
                zh=f"“{visit.label.zh}”写全年 {count(stated)} 周；{months} 个月是 {right} 周",
                en=f"“{visit.label.en}” states {count(stated)} weeks; {months} months have {right}",
                arithmetic=f"{months} × 52 ÷ 12 ≈ {right} ≠ {count(stated)}",
                figures=(path, "months", "year"),
                remedies=(_right_weeks(plan, visit.code, right),),
                magnitude=permille(abs(stated - right), max(stated, right)),
            )


def _right_weeks(plan: Plan, code: str, weeks: int) -> Remedy:
    path = f"visits.{code}"
    changes = [Change(f"{path}.weeks_per_year", weeks)]
    if plan.has(f"{path}.hours_per_week", f"{path}.hours_per_year"):
        changes.append(Change(f"{path}.hours_per_year", plan.number(f"{path}.hours_per_week") * weeks))
    return remedy(f"按 {weeks} 周计", f"Plan {weeks} weeks", *changes)


def paid_within_the_year(plan: Plan) -> Iterator[Finding]:
    """A year's fund pays the months of its year and no others."""
    first, last = Month(plan.year, 1), Month(plan.year, 12)
    for programme in plan.programmes:
        path = f"programmes.{programme.code}"
        ends = {name: plan.month(f"{path}.{name}") for name in ("first_month", "last_month")}
        outside = [str(month) for month in ends.values() if not first <= month <= last]
        if outside:
            kept = {name: min(max(month, first), last) for name, month in ends.items()}
            yield found(
                code="PAID_OUTSIDE_YEAR",
                subject=programme.code,
                severity=Severity.FATAL,
                zh=f"“{programme.label.zh}”发放 {ends['first_month']} 至 {ends['last_month']}，"
                f"{plan.year} 年的资金只发当年的月份",
                en=f"“{programme.label.en}” is paid from {ends['first_month']} to {ends['last_month']}; "
                f"the money of {plan.year} pays months of that year",
                arithmetic=f"{', '.join(outside)}; {first} … {last}",
                figures=tuple(f"{path}.{name}" for name in ends),
                remedies=(
                    remedy(
                        f"改为 {kept['first_month']} 至 {kept['last_month']}",
                        f"Pay from {kept['first_month']} to {kept['last_month']}",
                        *(Change(f"{path}.{name}", str(month)) for name, month in kept.items()),
                    ),
                ),
                magnitude=1000,
            )


def received_within_the_year(plan: Plan) -> Iterator[Finding]:
    """Money of another year is no money of this year's fund."""
    first, last = Month(plan.year, 1), Month(plan.year, 12)
    for source in plan.sources:
        for number in range(source.inflows):
            path = f"sources.{source.code}.inflows.{number}"
            month, fen = plan.month(f"{path}.month"), plan.number(f"{path}.amount")
            if fen and not first <= month <= last:
                yield found(
                    code="RECEIVED_OUTSIDE_YEAR",
                    subject=f"{source.code}.{number}",
                    severity=Severity.SERIOUS,
                    zh=f"“{source.label.zh}”的 {yuan_short(fen)} 元 {month} 到账，不在 {plan.year} 年内",
                    en=f"{yuan_short(fen)} yuan of “{source.label.en}” come in {month}, outside {plan.year}",
                    arithmetic=f"{month}; {first} … {last}",
                    figures=(f"{path}.month", f"{path}.amount"),
                    remedies=(
                        remedy(
                            f"改为 {min(max(month, first), last)} 到账",
                            f"Receive it in {min(max(month, first), last)}",
                            Change(f"{path}.month", str(min(max(month, first), last))),
                        ),
                        remedy(f"改为 {first} 到账", f"Receive it in {first}", Change(f"{path}.month", str(first))),
                    ),
                    magnitude=permille(fen, plan.number(f"sources.{source.code}.amount")),
                )


def restricted_money_is_used(plan: Plan) -> Iterator[Finding]:
    """Money bound to some lines that has nothing to be spent on: more than they cost in the year."""
    every = {line.code for line in plan.budget_lines}
    for purposes in dict.fromkeys(frozenset(source.purposes) for source in plan.sources):
        if not purposes or every <= purposes:
            continue
        bound = [source for source in plan.sources if source.purposes and set(source.purposes) <= purposes]
        money = sum(fen for code, _, fen in inflows(plan) if code in {source.code for source in bound})
        programmes = [programme for programme in plan.programmes if programme.line in purposes]
        cost = sum(_cost(plan, p) for p in programmes) + outlay_fen(plan, purposes)
        if (money - cost) * _IDLE_PARTS > money:
            yield _idle(plan, bound, programmes, money, cost)


def _cost(plan: Plan, programme: Programme) -> int:
    units = plan.number(f"programmes.{programme.code}.recipients")
    return units * sum(amount_fen(plan, programme, month) for month in paid_months(plan, programme))


def _idle(plan: Plan, bound: list[Source], programmes: list[Programme], money: int, cost: int) -> Finding:
    idle = money - cost
    zh, en = "、".join(source.label.zh for source in bound), ", ".join(source.label.en for source in bound)
    ways = [*_less_asked(plan, bound, idle)]
    if cost and programmes:
        whole = max(plan.number(f"programmes.{p.code}.recipients") for p in programmes)
        for way in scaled_recipients(plan, programmes, money * whole // cost, whole):
            zh_label = way.label.zh.replace("减少领取数", "增加领取数")
            ways.append(Remedy(Text(zh_label, way.label.en.replace("Pay fewer", "Pay more of them")), way.changes))
    return found(
        code="RESTRICTED_MONEY_IDLE",
        subject="+".join(source.code for source in bound),
        severity=Severity.NOTE,
        zh=f"“{zh}”限定用途，其中 {yuan_short(idle)} 元全年无处可用",
        en=f"“{en}” is bound to its purpose: {yuan_short(idle)} yuan of it have nothing to be spent on this year",
        arithmetic=f"{yuan_short(money)} − {yuan_short(cost)} = {yuan_short(idle)}",
        figures=tuple(f"sources.{source.code}.amount" for source in bound),
        remedies=tuple(ways),
        magnitude=permille(idle, money),
    )


def _less_asked(plan: Plan, bound: list[Source], idle: int) -> Iterator[Remedy]:
    """Ask for so much less, beginning with the last receipts."""
    changes: list[Change] = []
    left = idle
    for source in bound:
        path = f"sources.{source.code}"
        taken_here = 0
        receipts = [(plan.month(f"{path}.inflows.{n}.month"), n) for n in range(source.inflows)]
        for _, number in sorted(receipts, reverse=True):
            there = plan.number(f"{path}.inflows.{number}.amount")
            taken = min(left, there)
            if taken:
                changes.append(Change(f"{path}.inflows.{number}.amount", there - taken))
            left, taken_here = left - taken, taken_here + taken
        if taken_here:
            changes.append(Change(f"{path}.amount", max(0, plan.number(f"{path}.amount") - taken_here)))
    yield remedy(
        f"少募集 {yuan_short(idle)} 元，或请捐赠人放宽用途后再写入",
        f"Ask for {yuan_short(idle)} yuan less, or have the giver widen the purpose and write that down",
        *changes,
    )
