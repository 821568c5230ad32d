"""A sign is emergent, built in, absent or undecided by what is left of it with switches off."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.validation.emergence import (
    SCENARIO,
    SWITCHES,
    emergence_rows,
    of_runs,
    switch_arms,
    tag,
    tags,
)
from experiments.validation.rows import ValidationRuns
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

SIGNS = [f"C{number}" for number in range(15)]


def tables(**sizes: tuple[float, float]) -> dict[str, pd.DataFrame]:
    """Findings C6 by switch: (size, standard error); without a size, as with all on."""

    def of(size: float, error: float) -> pd.DataFrame:
        holds = "holds" if size > 2 * error else "fails" if size < -2 * error else "undecided"
        return pd.DataFrame({"size": size, "se": error, "expected": 1, "verdict": holds}, index=["C6"])

    usual = sizes.get("on", (10.0, 1.0))
    return {"": of(*usual), **{one.id: of(*sizes.get(one.id, usual)) for one in SWITCHES}}


def test_every_sign_has_a_switch_that_could_build_it_in() -> None:
    assert sorted({sign for one in SWITCHES for sign in one.signs}) == sorted(SIGNS)
    for one in SWITCHES:
        assert Parameters().changed(**one.off) != Parameters(), one.id


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ({}, "emergent"),
        ({"hosted": (4.0, 1.0)}, "emergent"),  # smaller, yet it holds
        ({"hosted": (0.5, 1.0)}, "built in: hosted"),
        ({"hosted": (-5.0, 1.0)}, "built in: hosted"),
        ({"hosted": (6.0, 4.0)}, "undecided"),  # most of its size is left, in noise
        ({"on": (1.0, 1.0)}, "absent"),
        ({"government": (0.0, 1.0)}, "emergent"),  # which does not feed C6
    ],
)
def test_tags(sizes: dict[str, tuple[float, float]], found: str) -> None:
    assert tag("C6", tables(**sizes)) == found
    assert tags(tables(**sizes)) == {"C6": found}


def test_a_twin_that_does_not_change_is_run_once() -> None:
    arms = switch_arms(SCENARIOS[SCENARIO])
    assert "hosted without" not in arms
    assert "government without" in arms
    assert arms["hosted with"].parameters["hosted_data_share"] == 0.0
    assert len(arms) == 2 + 2 * len(SWITCHES) - sum(one.of_centres for one in SWITCHES)


def test_switches_of_centres_leave_the_twin_as_it_is(context: ValidationRuns) -> None:
    own = SCENARIOS[SCENARIO].twin()
    for one in SWITCHES:
        if one.of_centres:
            off = {**own.parameters, **one.off}
            changed = type(own)(**{**vars(own), "parameters": off})
            ended = context.arms({"usual": own, "off": changed}, 1).panel
            usual, other = (
                ended[ended["arm"] == arm].drop(columns="arm").reset_index(drop=True)
                for arm in ("usual", "off")
            )
            pd.testing.assert_frame_equal(usual, other)


def test_switches_have_rows_in_a_full_validation(context: ValidationRuns) -> None:
    assert emergence_rows(context) == []
    whole = context.changed(quick=False, until=2019, seeds=(1,))
    rows = emergence_rows(whole)
    assert {one.kind for one in rows} == {"switch"}
    assert {one.id.split(" ")[0].split("-")[0] for one in rows} == set(SIGNS)
    assert set(tags(of_runs(whole)).values()) == {"absent"}  # of one seed no error is known
