"""The stub of a model with an extension."""

from experiments.pages.name_stubs import extension_stub
from tests.support.described_extension import WHOLE


def test_the_stub_knows_names_of_the_extension():
    stub = extension_stub(WHOLE, "a test")
    assert "    streak: _Name = float  # quarters: with an innovation" in stub
    assert "    city_moved: _Name = float" in stub
    assert "    fading: _Name = float  # parameter, 1/quarter: fading of 100 %" in stub
    assert "    streak: float  # quarters: with an innovation" in stub
    assert "    moved: float  # money: by" in stub
