from enum import Enum

import pytest

from linli.kernel.tones import Tone, code_of, tone_of, toned


class TestToned:
    def test_a_code_without_a_tone_is_told(self):
        with pytest.raises(ValueError, match="Half: OVER"):
            toned(OPEN=Tone.SOON)(Enum("Half", {"OPEN": "OPEN", "OVER": "OVER"}))

    def test_a_tone_without_a_code_is_told(self):
        with pytest.raises(ValueError, match="More: GONE"):
            toned(OPEN=Tone.SOON, GONE=Tone.PAUSED)(Enum("More", {"OPEN": "OPEN"}))

    def test_two_states_of_one_name_are_told(self):
        toned(OPEN=Tone.SOON)(Enum("Twin", {"OPEN": "OPEN"}))

        with pytest.raises(ValueError, match="Twin: declared twice"):
            toned(OPEN=Tone.LATE)(Enum("Twin", {"OPEN": "OPEN"}))

    def test_a_stored_code_has_the_tone_of_its_name(self):
        toned(OPEN=Tone.SOON, OVER=Tone.PAUSED)(Enum("Door", {"OPEN": "O", "OVER": "V"}))

        assert (tone_of(code_of("Door", "O")), tone_of(code_of("Door", "V"))) == (Tone.SOON, Tone.PAUSED)
