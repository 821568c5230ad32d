"""The benchmark's economy: its first state, and the lines of code that a tool needs for it."""

from __future__ import annotations

import numpy as np

from benchmarks.tools.reduced_economy import CITIES, source_lines, start


def test_first_state_is_that_of_the_number_of_firms_alone():
    one, two = start(700), start(700)
    one.capital[:] = 0.0
    assert two.capital.min() >= 1.0
    assert start(700).capital[:5].tolist() == two.capital[:5].tolist()
    assert two.city.dtype == np.int32
    assert 0 <= two.city.min() <= two.city.max() < CITIES
    np.testing.assert_allclose(two.gravity.sum(axis=1), 1.0)


def test_lines_are_code_between_the_marks(tmp_path):
    path = tmp_path / "some_model.py"
    path.write_text(
        'import os\n\n# --- model ---\n\n\ndef f(x):\n    """Say.\n\n    More.\n    """\n'
        "    # why\n    y = (\n        x\n    )\n\n    return y\n\n\n# --- benchmark ---\nz = 1\n"
    )
    assert source_lines(path) == 5
