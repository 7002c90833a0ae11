"""Where everything that there can be is there, no envelope lies in a column that was not declared."""

import pytest

from linli.foundation.data import sealed
from tests.foundation.data.test_sealed import envelopes


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_every_envelope_lies_in_a_declared_column() -> None:
    found = envelopes()
    assert (len(found) > 5, found - set(sealed.columns())) == (True, set())
