"""Every colour of a mark can be told from white."""

import pytest

from viz import palette


@pytest.mark.parametrize("name", ["BLUE", "ORANGE", "GREEN", "RED", "PURPLE", "SKY", "GREY"])
def test_colours_have_a_contrast_of_three_to_one(name: str) -> None:
    assert palette.contrast(getattr(palette, name)) >= palette.LEAST


def test_contrast_is_that_of_the_standard() -> None:
    assert round(palette.contrast("#000000"), 6) == 21.0
    assert palette.contrast("#FFFFFF") == pytest.approx(1.0)
    assert palette.contrast("#E69F00") == pytest.approx(2.25, abs=0.01)
