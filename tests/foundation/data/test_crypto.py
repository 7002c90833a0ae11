"""Envelopes open only where they were made; blind indexes find without telling."""

import base64
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.data.crypto import EnvelopeBroken, blind_index, open_bytes, open_sealed, seal, seal_bytes

HERE = "residents_person|k-1|identity_number"


@pytest.fixture
def rotated(settings):
    """Keys after a rotation: the old one opens, the new one seals."""

    def rotate(*, keep_old: bool = True) -> None:
        old = settings.KEYS.envelope if keep_old else {}
        settings.KEYS = dataclasses.replace(settings.KEYS, envelope={**old, "t2": b"n" * 32}, current="t2")

    return rotate


class TestSeal:
    @given(st.text())
    def test_opens_to_what_was_sealed(self, text):
        assert open_sealed(seal(text, aad=HERE), aad=HERE) == text

    def test_two_envelopes_of_one_text_differ(self):
        assert seal("110105", aad=HERE) != seal("110105", aad=HERE)

    def test_what_is_not_known_needs_no_key(self):
        assert (seal("", aad=HERE), open_sealed("", aad=HERE)) == ("", "")

    def test_does_not_hold_the_text(self):
        assert "张三" not in base64.b64decode(seal("张三", aad=HERE).split(".")[2]).decode(errors="ignore")

    def test_names_its_key(self):
        assert seal("110105", aad=HERE).startswith("v1.t1.")


class TestOpenSealed:
    @pytest.mark.parametrize(
        "elsewhere",
        ["residents_person|k-2|identity_number", "residents_person|k-1|phone", "awards_payee|k-1|identity_number"],
    )
    def test_refuses_an_envelope_moved_to_another_row_column_or_table(self, elsewhere):
        with pytest.raises(EnvelopeBroken):
            open_sealed(seal("110105", aad=HERE), aad=elsewhere)

    @pytest.mark.parametrize("position", [0, 11, 12, -1])
    def test_refuses_one_altered_in_a_single_bit(self, position):
        version, key_id, body = seal("110105", aad=HERE).split(".")
        data = bytearray(base64.b64decode(body))
        data[position] ^= 1
        altered = ".".join([version, key_id, base64.b64encode(data).decode()])

        with pytest.raises(EnvelopeBroken):
            open_sealed(altered, aad=HERE)

    @pytest.mark.parametrize("envelope", ["v2.t1.AAAA", "110105194912310020", "v1.t1.", "v1.t1.AAAA", "v1"])
    def test_refuses_what_is_no_envelope(self, envelope):
        with pytest.raises(EnvelopeBroken):
            open_sealed(envelope, aad=HERE)

    def test_refuses_an_envelope_cut_in_its_body(self):
        with pytest.raises(EnvelopeBroken):
            open_sealed("v1.t1.A", aad=HERE)

    def test_opens_an_old_envelope_after_rotation(self, rotated):
        old = seal("110105", aad=HERE)
        rotated()

        assert open_sealed(old, aad=HERE) == "110105"

    def test_seals_with_the_new_key_after_rotation(self, rotated):
        rotated()

        assert seal("110105", aad=HERE).startswith("v1.t2.")

    def test_refuses_an_envelope_whose_key_is_gone(self, rotated):
        old = seal("110105", aad=HERE)
        rotated(keep_old=False)

        with pytest.raises(EnvelopeBroken):
            open_sealed(old, aad=HERE)


class TestSealBytes:
    def test_opens_with_the_current_key_when_none_is_named(self):
        assert open_bytes(seal_bytes(b"scan", aad=HERE), aad=HERE) == b"scan"

    def test_refuses_less_than_a_nonce(self):
        with pytest.raises(EnvelopeBroken):
            open_bytes(b"short", aad=HERE)

    def test_refuses_to_seal_with_a_key_that_is_not_there(self):
        with pytest.raises(EnvelopeBroken):
            seal_bytes(b"scan", aad=HERE, key_id="t9")


class TestBlindIndex:
    def test_is_the_same_on_every_machine_that_holds_the_key(self, settings):
        settings.KEYS = dataclasses.replace(settings.KEYS, blind_index=b"k" * 32)

        assert blind_index("identity", "110105") == "3cb0f6e152975d6ded26cbf9b6e76abae77b521327b8f9cc1ff25d5eddc7e3d5"

    def test_keeps_two_purposes_apart(self):
        assert blind_index("identity", "110105") != blind_index("phone", "110105")

    def test_depends_on_its_key(self, settings):
        before = blind_index("identity", "110105")
        settings.KEYS = dataclasses.replace(settings.KEYS, blind_index=b"c" * 32)

        assert blind_index("identity", "110105") != before

    def test_of_nothing_is_nothing(self):
        assert blind_index("identity", "") == ""


class TestOpenBytes:
    def test_bytes_of_before_a_rotation_open_though_nobody_wrote_their_key_down(self, rotated):
        before = seal_bytes(b"a bank's file", aad=HERE)
        rotated()

        assert open_bytes(before, aad=HERE) == b"a bank's file"
        assert open_bytes(seal_bytes(b"another", aad=HERE), aad=HERE) == b"another"

    def test_without_the_key_they_stay_closed(self, rotated):
        before = seal_bytes(b"a bank's file", aad=HERE)
        rotated(keep_old=False)

        with pytest.raises(EnvelopeBroken):
            open_bytes(before, aad=HERE)
