"""Processes of made-up panels, and those of the user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.generating_processes import (
    NEEDED,
    PROCESSES,
    Process,
    draw_panel,
    marks,
    processes_with,
)
from model.files.user_tables import InputError

OWN = """
import numpy as np
import pandas as pd

def mine(seed):
    rng = np.random.default_rng(seed)
    panel = pd.DataFrame({"city_id": np.repeat(range(20), 6), "year": np.tile(range(6), 20)})
    panel["centre"] = ((panel["city_id"] < 8) & (panel["year"] >= 3)).astype(float)
    panel["outcome"] = 0.3 * panel["centre"] + 0.1 * rng.normal(size=120)
    panel.attrs["effect"] = 0.3
    return panel

bare = lambda seed: mine(seed).drop(columns="centre")
silent = lambda seed: pd.DataFrame({"city_id": [1], "year": [1], "outcome": [1], "centre": [0]})
wrong = lambda seed: [seed]
broken = lambda seed: 1 / 0
number = 3
"""


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_says_its_effect_and_its_panel_is_that_of_its_seed(name: str) -> None:
    panel, again = (draw_panel(name, PROCESSES[name], 2) for _ in range(2))
    pd.testing.assert_frame_equal(panel, again)
    assert set(NEEDED) | set(panel.attrs["controls"]) <= set(panel.columns)
    assert panel.attrs["effect"] > 0.09
    assert not panel.equals(draw_panel(name, PROCESSES[name], 3))


def test_hosts_of_one_region_are_near_each_other_and_by_trait_they_are_large() -> None:
    places = {name: draw_panel(name, PROCESSES[name], 1) for name in ("lot", "one region", "trends by trait")}
    hosts = {name: panel.groupby("city_id").max().query("centre == 1") for name, panel in places.items()}
    assert {len(rows) for rows in hosts.values()} == {31}
    assert hosts["one region"]["lon"].std() < 0.5 * hosts["lot"]["lon"].std()
    assert hosts["trends by trait"]["size"].mean() > 0.7 > abs(hosts["lot"]["size"].mean())


def test_a_process_of_the_user_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN, encoding="utf-8")
    name = f"{file}:mine"
    found = processes_with((name,))
    assert [*found] == [*PROCESSES, name]
    assert np.isclose(draw_panel(name, found[name], 1).attrs["effect"], 0.3)
    before = marks(found)
    assert before["lot"] == ""
    file.write_text(OWN + "\n", encoding="utf-8")
    assert marks(processes_with((name,)))[name] != before[name]
    for function, said in (
        ("bare", "its table has no column 'centre'"),
        ("silent", "needs attrs"),
        ("wrong", "returns no table but a list"),
        ("broken", "seed 1: ZeroDivisionError"),
    ):
        own = f"{file}:{function}"
        with pytest.raises(InputError, match=said):
            draw_panel(own, processes_with((own,))[own], 1)
    for wrong, said in (
        (f"{file}:number", "has no function 'number'"),
        (f"{file}:other", "has no function 'other'"),
        ("mine", "write file.py:function"),
        (f"{tmp_path}/none.py:mine", "none.py cannot be read"),
    ):
        with pytest.raises(InputError, match=said):
            processes_with((wrong,))
    file.write_text("import nothing_of_this_name", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be run: ModuleNotFoundError"):
        processes_with((name,))


def test_a_process_that_fails_is_named() -> None:
    with pytest.raises(InputError, match="process p, seed 4: KeyError"):
        draw_panel("p", Process("", lambda seed: {}[seed]), 4)
