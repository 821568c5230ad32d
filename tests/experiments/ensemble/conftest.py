"""An ensemble of made-up members, whose effects are known functions of two of three factors."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.members import DEFAULT, Ensemble

FACTORS = ("tax_rate", "entry_rate", "exit_rate")


def made_up(members: int = 200, noise: float = 0.3) -> Ensemble:
    """Return members with effect_hosts = 2 + 3·(tax_rate's place) + noise; exit_rate's place is narrowed."""
    rng = np.random.Generator(np.random.PCG64(1))
    places = rng.random((members, 3))
    places[:, 2] = 0.5 + 0.2 * (places[:, 2] - 0.5)
    rows = pd.DataFrame(places, columns=[f"at_{name}" for name in FACTORS])
    rows["effect_hosts"] = 2.0 + 3.0 * places[:, 0] + noise * rng.normal(size=members)
    rows["effect_others"] = rng.normal(size=members)
    rows = rows.assign(point=np.arange(members), wave=1, seed=1)
    chance = noise * rng.normal(size=50)
    defaults = pd.DataFrame({"effect_hosts": 3.0 + chance, "effect_others": chance})
    defaults = defaults.assign(point=-1, wave=DEFAULT, seed=np.arange(50))
    about = {"rules": "", "scenario": "actual", "last_year": 2030, "cities": 100, "firms": 3000}
    return Ensemble(pd.concat([rows, defaults], ignore_index=True), about)


@pytest.fixture(scope="session")
def ensemble() -> Ensemble:
    return made_up()
