"""What this room brings to a family's page besides its people (docs/adr/0040): log-ins, and letters about them."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext

from linli.foundation.screens.cells import Cell
from linli.foundation.screens.families import Asking, Card, Happened, Line, Part, Window
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.ground.notifications import family as letters
from linli.ground.users.codes import REGISTRY_ROLES
from linli.kernel.act import CHINA_TIME
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import ResidentAccount
from linli.registry.residents.queries import links_of, tie_ids

PLACE = 40


def part(asking: Asking) -> Part:
    """Which log-ins are linked to whom of the family, and were; letters that told it so."""
    rows, subjects = asking.once(_rows), asking.once(_subjects)
    if not subjects:
        return Part()
    written = letters.letters(asking, subjects)
    open_rows = [row for row in rows if row.state != LinkState.ENDED]
    ended = [row for row in rows if row.state == LinkState.ENDED]
    card = Card(PLACE, gettext("登录账号"), [*map(_line, open_rows)], [*map(_line, ended)], aside=True)
    # Two rooms write to families: each card says of what.
    told = [replace(one, place=PLACE + 1, title=gettext("账号和代理的文书")) for one in written.cards]
    cards = [card, *told] if rows else told
    return replace(written, cards=cards, shows=[*written.shows, *(row.number for row in rows)])


def story(asking: Asking, window: Window) -> Iterator[Happened]:
    """Log-ins that were linked, doubted and ended, and the letters about it."""
    rows = asking.once(_rows)
    told = [one for row in rows for one in _happened(row) if one.day < window.before]
    yield from sorted(told, key=lambda one: one.day, reverse=True)[: window.most]
    if asking.once(_subjects):
        yield from letters.story(asking, asking.once(_subjects), window)


def _rows(asking: Asking) -> list[ResidentAccount]:
    return list(links_of(asking.person.scope(*REGISTRY_ROLES), asking.family.people))


def _subjects(asking: Asking) -> list[str]:
    """What the registry writes to the family about: log-ins, and who acts for one of them."""
    ties = tie_ids(asking.person.scope(*REGISTRY_ROLES), asking.family.people)
    return [*(f"links:{row.number}" for row in asking.once(_rows)), *(f"guardians:{pk}" for pk in ties)]


def _line(row: ResidentAccount) -> Line:
    since = {
        LinkState.STANDING: row.linked_at,
        LinkState.DOUBTED: row.doubted_at,
        LinkState.ENDED: row.ended_date,
    }[LinkState(row.state)]
    account = joined_by_dot(row.user.name, row.user.username)
    what = Cell(account, ("link_detail", row.number), meta=(joined_by_dot(row.resident.name, row.number),))
    told = gettext("%(day)s 起") % {"day": day_text(since)}
    return Line(what, Cell(LinkState(row.state), meta=(told,)), key=row.number)


def _happened(row: ResidentAccount) -> Iterator[Happened]:
    """What the row keeps of it: the last doubt, earlier ones are in the trail."""
    whose = joined_by_dot(row.resident.name, row.user.username)
    yield Happened(row.linked_at.astimezone(CHINA_TIME).date(), gettext("关联登录账号"), row.linked_by_id, whose)
    if row.doubted_at:
        note = joined_by_dot(whose, row.doubt)
        yield Happened(row.doubted_at.astimezone(CHINA_TIME).date(), gettext("账号关联存疑"), row.doubted_by_id, note)
    if row.kept_at:
        note = joined_by_dot(whose, row.settlement)
        yield Happened(row.kept_at.astimezone(CHINA_TIME).date(), gettext("账号关联核实无误"), row.kept_by_id, note)
    if row.ended_date:
        note = joined_by_dot(whose, row.settlement)
        yield Happened(row.ended_date, gettext("解除账号关联"), row.ended_by_id, note)
