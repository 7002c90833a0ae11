"""Long workbooks in the making: what was asked for, what is written so far, and the file until it is thrown away.

Everything of it lies sealed in rows: what a step writes and how far it came are one transaction, so a job that died
goes on where it was. Nobody but who asked sees it, for a day.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import EnvelopeBroken, open_bytes, open_sealed, seal, seal_bytes
from linli.foundation.data.locks import locked
from linli.foundation.data.removing import delete_any
from linli.foundation.trail import audit, jobs
from linli.foundation.trail.acts import act, no_act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

KEPT = timedelta(hours=24)


class ExportRunning(DomainError):
    """The person's former export of this list is not finished."""

    message = _("这份名单上一次的导出还没有完成；请等它完成，或先取消它")


class ExportState(models.TextChoices):
    """How far it is; what is cancelled or too old is gone."""

    RUNNING = "RUNNING", _("正在导出")
    READY = "READY", _("可以下载")
    FAILED = "FAILED", _("没有完成")


class Export(models.Model):
    """One long workbook for one person. ``reach`` is the digest of what they might read when they asked; ``chain`` the
    area whose trail says that they read it.
    """

    user_id = models.PositiveBigIntegerField()  # users stand above: a plain id
    subject = models.CharField(max_length=120)
    address = models.TextField()  # sealed: people are looked for by name
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    reach = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.RUNNING)
    rows = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    chain = models.PositiveBigIntegerField(default=0)
    refusal = models.TextField(default="")
    asked_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "foundation"
        constraints = [
            models.UniqueConstraint(fields=["user_id", "subject"], name="export_of_a_list"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.subject}"


class ExportPart(models.Model):
    """Some rows that were read, or (``of_file``) some bytes of the file that was made of them."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    of_file = models.BooleanField(default=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        app_label = "foundation"
        constraints = [models.UniqueConstraint(fields=["export", "of_file", "number"], name="export_part_once")]

    def __str__(self) -> str:
        return f"{self.export_id} {self.of_file} {self.number}"


@act
def ask_export(
    act: Act, *, subject: str, address: str, title: str, language: str, reach: str, total: int | None
) -> Export:
    """Ask for a long workbook in place of the last one of the same list. Raises ExportRunning."""
    former = locked(Export.objects.filter(user_id=act.by.pk, subject=subject)).first()
    if former and former.state == ExportState.RUNNING:
        raise ExportRunning
    if former:
        former.delete()
    made = Export.objects.create(
        user_id=act.by.pk,
        subject=subject,
        address=seal(address, aad=_aad(act.by.pk, subject)),
        title=title,
        language=language,
        reach=reach,
        total=total,
        asked_at=act.at,
    )
    jobs.queue("trail.write_export", export_id=made.pk)
    audit.record(act, where=0, subject=f"{subject}:xlsx")
    return made


@act
def drop_export(act: Act, *, export_id: int) -> None:
    """It is not wanted any more: what is written of it goes at once, a running job stops at its next step."""
    found = locked(Export.objects.filter(pk=export_id, user_id=act.by.pk)).get()
    audit.record(act, where=0, subject=f"{found.subject}:xlsx")
    found.delete()


def find(user_id: int, at: datetime, **which: object) -> Export | None:
    """One of the person's exports, while it is kept."""
    return Export.objects.filter(Q(user_id=user_id), asked_at__gt=at - KEPT, **which).first()


def address_of(export: Export) -> str:
    """The page whose rows are asked for. Raises EnvelopeBroken for one that was altered or moved."""
    return open_sealed(export.address, aad=_aad(export.user_id, export.subject))


def running(export_id: int) -> Export | None:
    """An export that is to be written; None for one that was cancelled or is done."""
    return Export.objects.filter(pk=export_id, state=ExportState.RUNNING).first()


def reached(export: Export) -> int:
    """How many pieces are written."""
    last = export.parts.filter(of_file=False).aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


@no_act
def keep_piece(export: Export, number: int, content: bytes, *, rows: int) -> bool:
    """Keep the next rows; False where the export was cancelled or another worker went on with it."""
    with transaction.atomic():
        before = Export.objects.filter(pk=export.pk, rows=export.rows, state=ExportState.RUNNING)
        if not before.update(rows=export.rows + rows):
            return False
        _keep(export, number, content)
    export.rows += rows
    return True


@no_act
def keep_file(export: Export, number: int, content: bytes) -> None:
    """Keep the next bytes of the file; the first ones in place of what a job that died left."""
    if number == 0:
        export.parts.filter(of_file=True).delete()
    _keep(export, number, content, of_file=True)


def parts(export: Export) -> Iterator[bytes]:
    """The pieces one after the other: never two at a time."""
    for number in export.parts.filter(of_file=False).order_by("number").values_list("number", flat=True):
        yield part(export, number)


def file_of(export: Export) -> Iterator[bytes]:
    """The bytes of the file, part by part. Raises EnvelopeBroken, before the first, for one that is not whole, or is
    told to be of another size or of another area's trail than it was.
    """
    numbers = list(export.parts.filter(of_file=True).order_by("number").values_list("number", flat=True))
    *bytes_of, end = numbers or [-1]
    if numbers != [*range(len(numbers))] or not numbers:
        raise EnvelopeBroken
    last = export.parts.get(of_file=True, number=end)
    open_bytes(bytes(last.content), aad=_end(export, end, size=export.size, chain=export.chain), key_id="")
    return (part(export, number, of_file=True) for number in bytes_of)


def part(export: Export, number: int, *, of_file: bool = False) -> bytes:
    """One of them. Raises EnvelopeBroken for what was altered or moved."""
    row = export.parts.get(of_file=of_file, number=number)
    return open_bytes(bytes(row.content), aad=_place(export, number, of_file=of_file), key_id="")


@no_act
def finish(export: Export, *, size: int, chain: int) -> None:
    """The file can be fetched; the rows that it was made of are needed no more. Its last part says where it ends."""
    done = {"state": ExportState.READY, "size": size, "chain": chain}
    with transaction.atomic():
        if Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(**done):
            number = export.parts.filter(of_file=True).count()
            sealed = seal_bytes(b"", aad=_end(export, number, size=size, chain=chain))
            ExportPart.objects.create(export=export, of_file=True, number=number, content=sealed)
            export.parts.filter(of_file=False).delete()


@no_act
def fail(export: Export, refusal: str) -> None:
    """It cannot be written, and the page says why."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED, refusal=refusal)
        export.parts.all().delete()


def resume() -> None:
    """A worker begins: what an earlier one left unfinished is queued again; a job twice in the queue does no harm."""
    for export_id in Export.objects.filter(state=ExportState.RUNNING).values_list("pk", flat=True):
        jobs.registered()["trail.write_export"].enqueue(export_id=export_id)


def drop_old(at: datetime) -> None:
    """Throw away what was asked for more than a day ago."""
    delete_any(Export.objects.filter(asked_at__lte=at - KEPT))


def _keep(export: Export, number: int, content: bytes, *, of_file: bool = False) -> None:
    sealed = seal_bytes(content, aad=_place(export, number, of_file=of_file))
    ExportPart.objects.create(export=export, of_file=of_file, number=number, content=sealed)


def _aad(user_id: int, subject: str) -> str:
    return f"foundation_export|{user_id}|{subject}"


def _place(export: Export, number: int, *, of_file: bool) -> str:
    """Where a part belongs: whose it is, of which list, and what they might read stand in another row."""
    whose = f"{export.user_id}|{export.subject}|{export.reach}"
    return f"foundation_exportpart|{export.pk}|{whose}|{of_file}|{number}"


def _end(export: Export, number: int, *, size: int, chain: int) -> str:
    return f"{_place(export, number, of_file=True)}|end|{size}|{chain}"
