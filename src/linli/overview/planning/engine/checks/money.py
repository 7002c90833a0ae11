"""Does the money add up: awards against lines, lines against sources, receipts against sources, costs against lines."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from linli.kernel.money import yuan_short
from linli.overview.planning.engine.finding import Finding, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    Change,
    Course,
    Event,
    Line,
    Plan,
    Programme,
    Source,
)
from linli.overview.planning.engine.ways import (
    annual_fen,
    fewer_months,
    fewer_recipients,
    from_source,
    giver,
    lines_fen,
    raise_line,
    smaller_amounts,
    sources_fen,
    sum_of,
    times_a_year,
)
from linli.overview.planning.engine.wording import count, product


def programmes_within_lines(plan: Plan) -> Iterator[Finding]:
    """Each programme alone against the line that pays it."""
    for programme in plan.programmes:
        need, have = annual_fen(plan, programme), plan.number(f"budget_lines.{programme.line}.amount")
        if need > have:
            yield found(
                code="PROGRAMME_EXCEEDS_LINE",
                subject=programme.code,
                severity=Severity.FATAL,
                zh=f"“{programme.label.zh}”一年要 {yuan_short(need)} 元，预算只有 {yuan_short(have)} 元",
                en=f"“{programme.label.en}” takes {yuan_short(need)} yuan a year; the line has {yuan_short(have)}",
                arithmetic=f"{sum_of(plan, programme)} = {yuan_short(need)} > {yuan_short(have)}",
                figures=(*paths_of(plan, programme), f"budget_lines.{programme.line}.amount"),
                remedies=_fitting(plan, [programme], programme.line, need, have),
                magnitude=permille(need - have, need),
            )


def lines_not_overcommitted(plan: Plan) -> Iterator[Finding]:
    """All programmes on a line together, supplements included, against the line."""
    for line in plan.budget_lines:
        programmes = [programme for programme in plan.programmes if programme.line == line.code]
        need = sum(annual_fen(plan, programme) for programme in programmes)
        have = plan.number(f"budget_lines.{line.code}.amount")
        if len(programmes) > 1 and need > have:
            yield _overcommitted(plan, line, programmes, need, have)


def _overcommitted(plan: Plan, line: Line, programmes: list[Programme], need: int, have: int) -> Finding:
    sums = " + ".join(sum_of(plan, programme) for programme in programmes)
    parts = " + ".join(yuan_short(annual_fen(plan, programme)) for programme in programmes)
    return found(
        code="LINE_OVERCOMMITTED",
        subject=line.code,
        severity=Severity.FATAL,
        zh=f"“{line.label.zh}”各项合计 {yuan_short(need)} 元，超出预算 {yuan_short(need - have)} 元",
        en=f"All awards on “{line.label.en}” come to {yuan_short(need)} yuan, {yuan_short(need - have)} too much",
        arithmetic=f"{sums} = {parts} = {yuan_short(need)} > {yuan_short(have)}",
        figures=(*(path for p in programmes for path in paths_of(plan, p)), f"budget_lines.{line.code}.amount"),
        remedies=_fitting(plan, programmes, line.code, need, have),
        magnitude=permille(need - have, need),
    )


def paths_of(plan: Plan, programme: Programme) -> tuple[str, ...]:
    """The figures that a programme's cost stands on."""
    path = f"programmes.{programme.code}"
    return f"{path}.recipients", *plan.amount_paths(programme), f"{path}.first_month", f"{path}.last_month"


def _fitting(plan: Plan, programmes: list[Programme], line: str, need: int, have: int) -> tuple[Remedy, ...]:
    on_line = sum(annual_fen(plan, p) for p in plan.programmes if p.line == line)
    return (
        *raise_line(plan, line, on_line),
        *smaller_amounts(plan, programmes, have, need),
        *fewer_months(plan, programmes, have),
        *fewer_recipients(plan, programmes, have, need),
    )


def lines_within_sources(plan: Plan) -> Iterable[Finding]:
    """All lines together against all sources together."""
    need, have = lines_fen(plan), sources_fen(plan)
    if need <= have:
        return ()
    source = giver(plan)
    lines = " + ".join(yuan_short(plan.number(f"budget_lines.{line.code}.amount")) for line in plan.budget_lines)
    sources = " + ".join(yuan_short(plan.number(f"sources.{s.code}.amount")) for s in plan.sources)
    scaled = [
        Change(f"budget_lines.{line.code}.amount", plan.number(f"budget_lines.{line.code}.amount") * have // need)
        for line in plan.budget_lines
    ]
    return (
        found(
            code="LINES_EXCEED_SOURCES",
            subject="fund",
            severity=Severity.FATAL,
            zh=f"预算合计比资金来源多 {yuan_short(need - have)} 元",
            en=f"The lines set aside {yuan_short(need - have)} yuan more than the sources bring",
            arithmetic=f"{lines} = {yuan_short(need)} > {yuan_short(have)} = {sources}",
            figures=(
                *(f"budget_lines.{line.code}.amount" for line in plan.budget_lines),
                *(f"sources.{s.code}.amount" for s in plan.sources),
            ),
            remedies=(
                *([] if source is None else [from_source(plan, source, need - have)]),
                remedy("各项预算按比例压缩", "Shrink every line in proportion", *scaled),
            ),
            magnitude=permille(need - have, need),
        ),
    )


def lines_have_money_they_may_use(plan: Plan) -> Iterable[Finding]:
    """Lines that only some sources may pay, against those sources: the worst gap."""
    gaps = []
    for size in range(1, len(plan.sources)):
        for group in combinations(plan.sources, size):
            lines = _payable_only_by(plan, group)
            need = sum(plan.number(f"budget_lines.{line.code}.amount") for line in lines)
            have = sum(plan.number(f"sources.{source.code}.amount") for source in group)
            gaps.append((need - have, -size, [source.code for source in group]))
    worst, _, codes = max(gaps, default=(0, 0, []))
    if worst <= 0:
        return ()
    return (_restricted(plan, [source for source in plan.sources if source.code in codes], worst),)


def _payable_only_by(plan: Plan, sources: Iterable[Source]) -> list[Line]:
    codes = {source.code for source in sources}
    payers = {line.code: {s.code for s in plan.sources if s.may_pay(line.code)} for line in plan.budget_lines}
    return [line for line in plan.budget_lines if payers[line.code] <= codes]


def _restricted(plan: Plan, sources: list[Source], gap: int) -> Finding:
    lines = [f"budget_lines.{line.code}.amount" for line in _payable_only_by(plan, sources)]
    lines = [path for path in lines if plan.number(path)]
    amounts = [f"sources.{source.code}.amount" for source in sources]
    need = sum(plan.number(path) for path in lines)
    source = max(sources, key=lambda s: plan.number(f"sources.{s.code}.amount"))
    parts = [yuan_short(plan.number(path)) for path in amounts]
    return found(
        code="RESTRICTED_MONEY",
        subject="+".join(s.code for s in sources),
        severity=Severity.FATAL,
        zh=f"有 {yuan_short(gap)} 元预算不能用指定用途的资金支付",
        en=f"{yuan_short(gap)} yuan of the lines may not be paid with money that is given for other purposes",
        arithmetic=f"{' + '.join(yuan_short(plan.number(path)) for path in lines)} = {yuan_short(need)} > "
        + (f"{' + '.join(parts)} = " if len(parts) > 1 else "")
        + yuan_short(need - gap),
        figures=(*lines, *amounts),
        remedies=(
            *([from_source(plan, source, gap)] if source.inflows else []),
            remedy(
                "把这些预算按比例压缩",
                "Shrink these lines in proportion",
                *(Change(path, plan.number(path) * (need - gap) // need) for path in lines),
            ),
        ),
        magnitude=permille(gap, need),
    )


def receipts_match_sources(plan: Plan) -> Iterator[Finding]:
    """The receipts shown for a source against the amount it promises."""
    for source in plan.sources:
        paths = [f"sources.{source.code}.inflows.{n}.amount" for n in range(source.inflows)]
        shown = sum(plan.number(path) for path in paths)
        total = f"sources.{source.code}.amount"
        promised = plan.number(total)
        if paths and shown != promised:
            last = plan.number(paths[-1])
            yield found(
                code="RECEIPTS_DIFFER_FROM_SOURCE",
                subject=source.code,
                severity=Severity.SERIOUS,
                zh=f"“{source.label.zh}”写 {yuan_short(promised)} 元，各笔到账合计 {yuan_short(shown)} 元",
                en=f"“{source.label.en}” promises {yuan_short(promised)} yuan; "
                f"its receipts add up to {yuan_short(shown)}",
                arithmetic=" + ".join(yuan_short(plan.number(path)) for path in paths)
                + f" = {yuan_short(shown)} ≠ {yuan_short(promised)}",
                figures=(total, *paths),
                remedies=(
                    remedy(
                        f"按各笔到账把总额改为 {yuan_short(shown)} 元",
                        f"Set the total to {yuan_short(shown)} yuan as received",
                        Change(total, shown),
                    ),
                    remedy(
                        "最后一笔补足差额",
                        "Let the last receipt make up the difference",
                        Change(paths[-1], max(0, last + promised - shown)),
                    ),
                ),
                magnitude=permille(abs(shown - promised), promised),
            )


def activities_have_money(plan: Plan) -> Iterator[Finding]:
    """What events and classes cost against the line that is to pay them."""
    costs: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
    for event in plan.events:
        costs.setdefault(event.line, []).append(_event_cost(plan, event))
    for course in plan.classes:
        costs.setdefault(course.line, []).append(_course_cost(plan, course))
    for line in plan.budget_lines:
        need = sum(fen for _, fen, _ in costs.get(line.code, ()))
        have = plan.number(f"budget_lines.{line.code}.amount")
        if need > have:
            yield _unfunded(plan, line, costs[line.code], have)


def _event_cost(plan: Plan, event: Event) -> tuple[str, int, tuple[str, ...]]:
    fee = f"events.{event.code}.fee_per_event"
    times = times_a_year(plan, event.frequency_path)
    amount = plan.optional(fee) or 0
    return product(str(times), yuan_short(amount)), times * amount, (event.frequency_path, "months", fee)


def _course_cost(plan: Plan, course: Course) -> tuple[str, int, tuple[str, ...]]:
    path = f"classes.{course.code}"
    trainees, share = plan.number(f"{path}.trainees"), plan.number(course.share_path)
    fee = plan.optional(f"{path}.fee_per_trainee") or 0
    return (
        product(count(trainees), yuan_short(fee), f"{share}%"),
        -(-trainees * fee * share // 100),
        (f"{path}.trainees", f"{path}.fee_per_trainee", course.share_path),
    )


def _unfunded(plan: Plan, line: Line, costs: list[tuple[str, int, tuple[str, ...]]], have: int) -> Finding:
    need = sum(fen for _, fen, _ in costs)
    sums = " + ".join(text for text, _, _ in costs)
    nothing = have == 0
    return found(
        code="NOTHING_BUDGETED" if nothing else "LINE_BELOW_COST",
        subject=line.code,
        severity=Severity.SERIOUS,
        zh=f"“{line.label.zh}”没有安排经费，约需 {yuan_short(need)} 元"
        if nothing
        else f"“{line.label.zh}”的经费不够，还差 {yuan_short(need - have)} 元",
        en=f"Nothing is set aside for “{line.label.en}”; about {yuan_short(need)} yuan are needed"
        if nothing
        else f"“{line.label.en}” is {yuan_short(need - have)} yuan short",
        arithmetic=f"{sums} = {yuan_short(need)} > {yuan_short(have)}",
        figures=(
            *(path for _, _, paths in costs for path in paths if path in plan.figures),
            f"budget_lines.{line.code}.amount",
        ),
        remedies=tuple(raise_line(plan, line.code, need)),
        magnitude=permille(need, sources_fen(plan)),
    )
