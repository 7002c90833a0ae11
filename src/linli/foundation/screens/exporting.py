"""Excel: one way to ask (``?as=xlsx``) and to answer: a short table at once, a long one by a job.

A page says what its workbook holds (:class:`Sheet`) and answers with it (:func:`answer`). The job asks the same page
again, as the person who asked for it: what it may read is judged there, in one place.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.foundation.clock import now
from linli.foundation.files import tables
from linli.foundation.screens import navigation
from linli.foundation.screens.acting import act_at_once
from linli.foundation.screens.desks import known
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import actor, address_said, caught, no_store, render_page, sent_only, today
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.foundation.trail import audit, exports
from linli.foundation.trail.acts import reading
from linli.foundation.trail.exports import Export, ExportState
from linli.kernel.act import Act
from linli.kernel.canonical import digest, digest_of
from linli.kernel.errors import DomainError

# Rows of a workbook that is made while somebody waits, and of one step of a job.
AT_ONCE = 1_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
_CHUNK = 256 * 1024
_SHEETS = "sheets"

Row = Mapping[str, tables.Value]


class ExportReachChanged(DomainError):
    """The person may read something else now than when they asked."""

    of_access = True
    message = _("您的角色或管辖区域在申请导出之后有变动，这份文件不能再用；请重新导出")


class ExportNotPossible(DomainError):
    """The page is not this person's any more, or has no such table."""

    of_access = True
    message = _("您现在不能导出这份名单")


@dataclass(frozen=True)
class Piece:
    """Some rows of a table. ``shown`` are whose, as the trail names them, and ``where`` is the area whose trail says
    it; ``following`` is where the next ones begin, empty at the end.
    """

    rows: Sequence[Row]
    where: int = 0
    shown: Sequence[str] = ()
    following: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a page gives as Excel. ``subject`` is what the trail and the file are called; ``pieces`` gives the rows from
    a place on, at most so many; ``reach`` says by what authority the page was opened; ``count`` how many rows there
    are, where that can be told.
    """

    subject: str
    title: str
    columns: Sequence[tables.Column]
    pieces: Callable[[str, int], Piece]
    reach: str = ""
    count: Callable[[], int | None] = lambda: None
    created: date = field(default_factory=today)


def whole(rows: Sequence[Row]) -> Callable[[str, int], Piece]:
    """The pieces of a table that is at hand."""

    def pieces(token: str, limit: int) -> Piece:
        end = int(token or 0) + limit
        return Piece(rows[end - limit : end], following=str(end) if len(rows) > end else "")

    return pieces


def reach_of(desk: object) -> str:
    """What tells a desk from the same person's with other roles or places."""
    return digest(repr(getattr(desk, "person", None)))


def answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The workbook, or for a long table the page where it can be asked for."""
    caught: list[Sheet] | None = vars(request).get(_SHEETS)
    if caught is not None:
        caught.append(sheet)
        return HttpResponse()
    piece = sheet.pieces("", AT_ONCE)
    if piece.following:
        former = exports.find(actor(request).pk, now(), subject=sheet.subject)
        return _page(request, sheet.title, f"{request.path}?{request.GET.urlencode()}", former)
    if piece.shown:
        note_read(request, where=piece.where, subject=f"{sheet.subject}:xlsx", shown=piece.shown)
    language = get_language() or "zh-hans"
    data = tables.write_table(sheet.columns, piece.rows, **_about(sheet, request.user), language=language)
    return download(data, _file_name(sheet.subject), XLSX)


def show_pdf(data: bytes, name: str) -> HttpResponse:
    """A paper that browsers show, and that nobody keeps."""
    return download(data, name, PDF, inline=True)


def download(data: bytes, name: str, media_type: str, *, inline: bool = False) -> HttpResponse:
    """A file to keep, or (``inline``) to look at, that nobody else keeps."""
    return _as_file(HttpResponse(data, content_type=media_type), name, inline=inline)


@known
@sent_only(lambda _request: "/")
def export_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the long workbook of a page. Raises Http404 for an address that gives none to this person."""
    asked = address_said(request.POST.get("address", ""))
    address = f"{asked.path}?{asked.query}"
    try:
        sheet = _sheet_of(request.user, address)
    except ExportNotPossible as error:
        raise Http404 from error

    def deed(act: Act) -> object:
        return exports.ask_export(
            act,
            subject=sheet.subject,
            address=address,
            title=sheet.title,
            language=get_language() or "zh-hans",
            reach=sheet.reach,
            total=sheet.count(),
        )

    return act_at_once(request, deed, done=gettext("已开始导出，完成后在这里下载"), to=address)


@known
@require_safe
def export_detail(request: HttpRequest, number: int) -> HttpResponse:
    """How far one's own export is; at the end the file."""
    export = _own(request, number)
    return _page(request, export.title, exports.address_of(export), export)


@known
@sent_only(lambda _request, number: reverse("export_detail", args=[number]))
def export_drop(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel it, or throw the file away before its day is over."""
    export = _own(request, number)

    def deed(act: Act) -> None:
        exports.drop_export(act, export_id=export.pk)

    return act_at_once(request, deed, done=gettext("已删除，可以重新导出"), to=exports.address_of(export))


@known
@require_safe
def export_file(request: HttpRequest, number: int) -> HttpResponse:
    """The file, for who asked and as long as they may read the same. Raises ExportReachChanged, ExportNotPossible."""
    export = _own(request, number)
    if export.state != ExportState.READY:
        raise Http404
    _check_reach(export, _sheet_of(request.user, exports.address_of(export)))
    content = exports.file_of(export)
    note_read(request, where=export.chain, subject=f"{export.subject}:xlsx")
    response = StreamingHttpResponse(content, content_type=XLSX)
    response["Content-Length"] = export.size
    return _as_file(response, _file_name(export.subject))


def write_export(act: Act, export_id: int) -> None:
    """The job: write what was asked for, from where it was left. What cannot be written says why on its page."""
    export = exports.running(export_id)
    if export is None:
        return
    try:
        with override(export.language):
            _write(act, export)
    except DomainError as error:
        exports.fail(export, caught(error))
    except Exception:
        exports.fail(export, gettext("写文件时出错，请重新导出；仍不成功请联系管理员"))
        raise


def _write(act: Act, export: Export) -> None:
    user = get_user_model()._default_manager.get(pk=export.user_id)
    sheet = _sheet_of(user, exports.address_of(export))
    _check_reach(export, sheet)
    if not _read_on(export, sheet):
        return
    places = {one["where"] for one in _kept(export) if one["shown"]}
    where = places.pop() if len(places) == 1 else 0
    told = digest_of(number for one in _kept(export) for number in one["shown"])
    if told.length:
        read = Act(user, act.at)
        audit.record_read(read, where=where, subject=f"{export.subject}:xlsx", shown=told)
    keys = [one.key for one in sheet.columns]
    rows = (_opened(keys, row) for one in _kept(export) for row in one["rows"])
    target = _Sealing(export)
    with TemporaryDirectory(prefix="linli-export-") as folder:
        tables.stream_table(target, sheet.columns, rows, **_about(sheet, user), language=export.language, folder=folder)
    exports.finish(export, size=target.close(), chain=where)


def _read_on(export: Export, sheet: Sheet) -> bool:
    """Read and keep piece after piece; False where it was cancelled or another worker goes on with it."""
    number = exports.reached(export)
    token = json.loads(zlib.decompress(exports.part(export, number - 1)))["following"] if number else None
    while token != "":
        with reading():
            piece = sheet.pieces(token or "", AT_ONCE)
        if not exports.keep_piece(export, number, _packed(sheet, piece), rows=len(piece.rows)):
            return False
        number, token = number + 1, piece.following
    return True


class _Sealing:
    """The file of an export while it is written: sealed part by part."""

    def __init__(self, export: Export) -> None:
        self.export, self.buffer, self.number, self.size = export, bytearray(), 0, 0

    def write(self, data: bytes) -> int:
        self.buffer += data
        while len(self.buffer) >= _CHUNK:
            self._keep(bytes(self.buffer[:_CHUNK]))
            del self.buffer[:_CHUNK]
        return len(data)

    def flush(self) -> None:
        """A part is kept when it is full."""

    def close(self) -> int:
        """Keep the rest; the size of the whole."""
        self._keep(bytes(self.buffer))
        return self.size

    def _keep(self, data: bytes) -> None:
        exports.keep_file(self.export, self.number, data)
        self.number += 1
        self.size += len(data)


def _sheet_of(user: Any, address: str) -> Sheet:
    """What the page at an address gives the person as Excel now. Raises ExportNotPossible."""
    url = urlsplit(address)
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", url.path, url.path
    request.GET, request.user = QueryDict(url.query), user
    # A page may look for what a browser brings: here it is nothing, and what the page would keep is kept nowhere.
    request.session = SessionBase()
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": url.query}
    vars(request)["_messages"] = default_storage(request)
    caught: list[Sheet] = []
    vars(request)[_SHEETS] = caught
    try:
        request.resolver_match = match = resolve(url.path)
        if not hasattr(match.func, "admits"):  # no page of a desk: nobody is asked there who it is
            raise ExportNotPossible
        with reading():
            match.func(request, *match.args, **match.kwargs)
    except (PermissionDenied, Http404, Resolver404) as error:
        raise ExportNotPossible from error
    if not caught:
        raise ExportNotPossible
    return caught[0]


def _check_reach(export: Export, sheet: Sheet) -> None:
    if sheet.reach != export.reach:
        raise ExportReachChanged


def _own(request: HttpRequest, number: int) -> Export:
    export = exports.find(actor(request).pk, now(), pk=number)
    if export is None:
        raise Http404
    return export


def _page(request: HttpRequest, title: str, address: str, export: Export | None) -> HttpResponse:
    back = _without_as(address)
    homes = [home for _words, home in navigation.home_of(request)]
    way = [] if urlsplit(back).path in homes else [(title, back)]
    context = {
        "head": Head(gettext("导出 Excel"), title, [*way, (gettext("导出 Excel"), "")]),
        "export": export,
        "address": address,
        "same": export is not None and exports.address_of(export) == address,
        "most": AT_ONCE,
        "back": back,
    }
    return no_store(render_page(request, "export.html", context, fragment="parts/export.html"))


def _without_as(address: str) -> str:
    url = urlsplit(address)
    asked = QueryDict(url.query, mutable=True)
    asked.pop("as", None)
    return f"{url.path}?{asked.urlencode()}" if asked else url.path


def _about(sheet: Sheet, user: Any) -> dict[str, Any]:
    """What stands above the rows: the title, and who made it when, in which unit."""
    told = [
        gettext("制表日期：%(day)s") % {"day": day_text(sheet.created)},
        gettext("制表人：%(name)s") % {"name": getattr(user, "name", "")},
        *([gettext("金额单位：元")] if any(one.kind == "YUAN" for one in sheet.columns) else []),
    ]
    return {"title": sheet.title, "sheet": sheet.title, "lead": joined_by_dot(*told), "created": sheet.created}


def _file_name(subject: str) -> str:
    return f"{subject.replace(':', '-')}-{today().isoformat()}.xlsx"


def _packed(sheet: Sheet, piece: Piece) -> bytes:
    keys = [one.key for one in sheet.columns]
    told = {
        "rows": [[_plain(row.get(key)) for key in keys] for row in piece.rows],
        "shown": list(piece.shown),
        "where": piece.where,
        "following": piece.following,
    }
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def _kept(export: Export) -> Iterator[dict[str, Any]]:
    return (json.loads(zlib.decompress(one)) for one in exports.parts(export))


def _plain(value: tables.Value) -> object:
    """A day is told from the text of a day."""
    return [value.isoformat()] if isinstance(value, date) else value


def _opened(keys: Sequence[str], values: Sequence[Any]) -> Row:
    days = (date.fromisoformat(value[0]) if isinstance(value, list) else value for value in values)
    return dict(zip(keys, days, strict=True))


def _as_file(response: Any, name: str, *, inline: bool = False) -> HttpResponse:
    how = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    return no_store(response)
