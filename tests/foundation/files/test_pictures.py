"""Pictures looked into by the reader itself: every kind of PNG that there is, and how large a picture may be."""

import pytest

from linli.foundation.files.reading.answers import Refused
from linli.foundation.files.reading.pictures import inspect_jpeg, inspect_png
from tests.foundation.files.builders import jpeg, png

# PNG, table 11.1: bits of a pixel by colour type and bits of a sample.
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
BITS = {
    GREY: {1: 1, 2: 2, 4: 4, 8: 8, 16: 16},
    RGB: {8: 24, 16: 48},
    PALETTE: {1: 1, 2: 2, 4: 4, 8: 8},
    GREY_ALPHA: {8: 16, 16: 32},
    RGB_ALPHA: {8: 32, 16: 64},
}
KINDS = [(colour, depth, bits) for colour, depths in BITS.items() for depth, bits in depths.items()]
NONE = [(colour, depth) for colour in range(8) for depth in range(18) if depth not in BITS.get(colour, {})]


def refusal(data: bytes) -> str:
    """Why the picture is not taken, "" where it is."""
    try:
        (inspect_png if data.startswith(b"\x89PNG") else inspect_jpeg)(data, {})
    except Refused as refused:
        return refused.code
    return ""


def blank(width: int, height: int, bits: int) -> bytes:
    """The pixels of a picture that is not interlaced: for each line its filter and its bits, filled up to bytes."""
    return b"\0" * (height * (1 + -(-width * bits // 8)))


# Width, height, and why a picture of that size is not taken, whatever its kind.
SIZES = [
    (0, 1, "upload.broken"),
    (1, 0, "upload.broken"),
    (20_000, 1, ""),
    (1, 20_000, ""),
    (20_001, 1, "upload.oversized"),
    (1, 20_001, "upload.oversized"),
    (8_000, 8_000, ""),
    (8_000, 8_001, "upload.oversized"),
    (8_001, 8_000, "upload.oversized"),
]


class TestPng:
    @pytest.mark.parametrize(("colour", "depth", "bits"), KINDS)
    @pytest.mark.parametrize("width", [7, 8, 9])
    def test_every_kind_has_so_many_bytes_and_no_other(self, colour: int, depth: int, bits: int, width: int) -> None:
        pixels = blank(width, 3, bits)

        assert refusal(png(width, 3, colour=colour, depth=depth, pixels=pixels)) == ""
        for wrong in (pixels[:-1], pixels + b"\0"):
            assert refusal(png(width, 3, colour=colour, depth=depth, pixels=wrong)) == "upload.broken"

    def test_other_kinds_are_none(self) -> None:
        taken = [kind for kind in NONE if refusal(png(8, 1, colour=kind[0], depth=kind[1], pixels=b"\0" * 65)) == ""]

        assert taken == []
        assert len(NONE) == 8 * 18 - len(KINDS)

    @pytest.mark.parametrize(
        ("width", "height", "size"),
        [
            (1, 1, 2),
            # Seven passes of 2, 2, 3, 4, 4, 9 and 12 bytes.
            (5, 5, 36),
            # Passes without a column or without a line have no bytes.
            (4, 1, 2 + 2 + 3),
            (1, 8, 2 + 2 + 4 + 8),
        ],
    )
    def test_an_interlaced_one_has_the_bytes_of_its_passes(self, width: int, height: int, size: int) -> None:
        for pixels, code in ((size, ""), (size - 1, "upload.broken"), (size + 1, "upload.broken")):
            picture = png(width, height, colour=GREY, interlace=1, pixels=b"\0" * pixels)
            assert refusal(picture) == code

    @pytest.mark.parametrize(
        ("width", "height", "code"),
        SIZES,
    )
    def test_has_a_size_that_can_be_opened(self, width: int, height: int, code: str) -> None:
        pixels = blank(width, height, 1)

        assert refusal(png(width, height, colour=GREY, depth=1, pixels=pixels)) == code


class TestJpeg:
    @pytest.mark.parametrize(
        ("width", "height", "code"),
        SIZES,
    )
    def test_has_a_size_that_can_be_opened(self, width: int, height: int, code: str) -> None:
        assert refusal(jpeg(width, height)) == code

    @pytest.mark.parametrize("marker", sorted({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}))
    def test_every_frame_tells_the_size(self, marker: int) -> None:
        frame = bytes((0xFF, marker))

        assert refusal(jpeg().replace(b"\xff\xc0", frame)) == ""
        assert refusal(jpeg(0, 1).replace(b"\xff\xc0", frame)) == "upload.broken"

    @pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC])
    def test_what_is_numbered_among_them_and_is_no_frame_tells_none(self, marker: int) -> None:
        assert refusal(jpeg().replace(b"\xff\xc0", bytes((0xFF, marker)))) == "upload.broken"

    @pytest.mark.parametrize("marker", [0x01, *range(0xD0, 0xD8)])
    def test_marks_without_a_body_are_passed_over(self, marker: int) -> None:
        assert refusal(b"\xff\xd8\xff" + bytes((marker,)) + jpeg()[2:]) == ""
