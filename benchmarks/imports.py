"""Ten thousand people of an Excel-made table brought into the register: read, checked and written, all or none."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock

ROWS = 10_000
_HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话"


def measure() -> Iterator[str]:
    """Into the community that lived the year, by its own clerk; the file is made before the clock starts."""
    from linli.foundation.trail import audit
    from linli.ground.users.codes import Role
    from linli.ground.users.queries import authority_of, user_by_username
    from linli.kernel.act import CHINA_TIME, Act
    from linli.kernel.identity import with_check_digit
    from linli.registry.residents.operations import import_households, read_households

    # The day after the last one that is sealed: the year's own last day, whatever day it is here.
    seal = audit.newest_seal()
    day = (seal.day if seal else date.today()) + timedelta(days=1)  # noqa: DTZ011 - where nothing is sealed
    clerk = Act(user_by_username("wangli"), datetime.combine(day, clock(15), tzinfo=CHINA_TIME))
    scope = authority_of(clerk.by, clerk.on).scope(Role.COMMUNITY_WORKER)
    lines = [_HEADER]
    for number in range(ROWS):
        birth = date(1930 + number // 400, 5, 1 + number % 2)
        identity = with_check_digit(f"990909{birth:%Y%m%d}{(number % 400) * 2 + 1:03d}")
        lines.append(f"{number},和平里 1 号楼,{number} 室,王建国,户主,男,{birth},{identity},13800138000")
    data = "\n".join(lines).encode("utf-8-sig")

    started = time.perf_counter()
    table = read_households(data, filename="households.csv", scope=scope, on=clerk.on)
    read = time.perf_counter()
    result = import_households(clerk, table=table)
    written = time.perf_counter()
    yield f"import of {result.people_added:,} people: read {read - started:.1f} s, written {written - read:.1f} s"
