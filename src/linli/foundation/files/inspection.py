"""PDF, PNG and JPEG examined by the child process that reads them: whole, of bounded size and passive."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from linli.foundation.files.children import FileRefused, ReadersBusy, ReadingStopped, ask
from linli.kernel.errors import DomainError


class UploadBroken(DomainError):
    """The file is cut off or damaged."""

    code = "upload.broken"
    message = _("文件已损坏或不完整，请重新扫描、拍照或导出后再上传")


class UploadActive(DomainError):
    """A PDF carries a script, a program start, an attachment or a form that sends data."""

    code = "upload.active"
    message = _("该 PDF 含有脚本、附件或会自动执行的内容（%(found)s），不能接收；请打印为新的 PDF 或拍照后再上传")


class UploadLocked(DomainError):
    """A PDF is encrypted, so nobody can examine it."""

    code = "upload.locked"
    message = _("该 PDF 已加密，无法核验；请取消密码后再上传")


class UploadOversized(DomainError):
    """A picture has too many pixels to be opened safely."""

    code = "upload.oversized"
    message = _("图片尺寸 %(width)s×%(height)s 过大，请把最长边缩小到 8000 像素以内后再上传")


_REFUSALS: Final = {kind.code: kind for kind in (UploadBroken, UploadActive, UploadLocked, UploadOversized)}


def inspect(kind: str, data: bytes, *, field: str = "") -> None:
    """Open a file of this kind (PDF, PNG, JPEG) in the child and judge it.

    Raises UploadBroken, UploadActive, UploadLocked, UploadOversized, ReadingStopped, ReadersBusy.
    """
    try:
        ask(kind, data)
    except FileRefused as refusal:
        raise _REFUSALS[refusal.code](field=field, **refusal.details) from refusal
    except (ReadingStopped, ReadersBusy) as stop:
        stop.field = field
        raise
