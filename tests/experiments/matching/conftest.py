"""Waves of a tiny country, run at the default parameters and at one point."""

from pathlib import Path

import numpy as np
import pytest

from experiments.matching import waves as module
from experiments.matching.waves import Waves


@pytest.fixture(scope="session")
def tiny_waves(tmp_path_factory: pytest.TempPathFactory) -> Waves:
    """Two defaults and two points, of which both count as members."""
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "SEEDS", 2)
    patch.setattr(module, "FIRST", 2)
    patch.setattr(module, "distances", lambda measured, noise, figures: np.zeros(len(figures)))
    waves = Waves(Path(tmp_path_factory.mktemp("waves")), cities=36, firms=200)
    waves.build(2, until=1e12, report=lambda line: None)
    patch.undo()
    return waves
