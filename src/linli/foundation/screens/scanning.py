"""A text as a code that a telephone's camera reads, drawn into the page itself."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def code_to_scan(text: str, title: object) -> SafeString:
    """The QR code of the text as SVG, black on white whatever the page looks like; ``title`` says what it holds."""
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=4,
        dark="#000",
        light="#fff",
        title=str(title),
        omitsize=False,
    )
    return mark_safe(drawn.getvalue().decode())
