"""What an empty database needs before anybody can work in it."""


def first_steps() -> list[str]:
    """What an administrator does next, empty when everything that work needs is there. Needs the database."""
    from linli.foundation.clock import now
    from linli.ground.areas.codes import AreaKind
    from linli.ground.areas.queries import of_kind
    from linli.ground.users.queries import has_administrator, has_security
    from linli.law.policies.queries import schemes, work_calendar

    steps, today = [], now().date()
    if not has_administrator(today):
        steps.append("linli setup                                       # 系统管理员和区划 · administrator and areas")
    if not has_security(today):
        steps.append("linli setup --security                            # 安全管理员（另一人）· security, another")
    if not schemes():
        steps.append("linli pack install packs/community/assistance_plan  # 方案规则 · policy pack")
    if not work_calendar().tables:
        steps.append("linli calendar load packs/calendar/china.toml       # 工作日 · working days")
    if has_administrator(today) and not of_kind(AreaKind.COMMUNITY):
        steps.append("组织 → 区划：导入街道、社区、网格、楼栋 · Organisation → Territory: import the areas")
    return steps
