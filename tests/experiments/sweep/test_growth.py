"""Stores that grow: only what is new is run, what is stored stays, and the results are those of one sweep."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep import Sweep, SweepError, from_values, load, open_store
from experiments.sweep.store import Store
from tests.support.long_version import some
from tests.support.sweeps import VALUES, make


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a store, by its name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def grown(done: Sweep, tmp_path: Path) -> Path:
    """A copy of a finished store, which a test may extend."""
    return Path(shutil.copytree(done.folder, tmp_path / "grown"))


@pytest.mark.parametrize(("few", "many"), some([(4, 10), (20, 50)]))
def test_seeds_are_added(tmp_path: Path, few: int, many: int) -> None:
    sweep = from_values({**VALUES, "seeds": few, "run": {"chunk": 7}}, tmp_path / "s")
    sweep.run()
    before = contents(sweep.folder)
    larger = sweep.extend(seeds=many)
    assert (larger.status().done, larger.status().total) == (2 * few, 2 * many)
    larger.run()
    after = contents(sweep.folder)
    assert {name: after[name] for name in before} == before
    whole = from_values({**VALUES, "seeds": many, "run": {"chunk": 7}}, tmp_path / "w")
    whole.run()
    assert larger.digest() == whole.digest()
    for name in ("finals", "metrics", "design"):
        pd.testing.assert_frame_equal(getattr(larger, name), getattr(whole, name))
    kept = ["run", "point", "replication", "seed", "key", "status"]
    pd.testing.assert_frame_equal(larger.runs[kept], whole.runs[kept])
    again = open_store(sweep.folder).extend(seeds=many)
    assert again.run().missing == 0
    assert contents(sweep.folder) == after


def test_values_are_crossed_with_those_of_other_factors(tmp_path: Path) -> None:
    sweep = make(
        tmp_path / "s", design={"factors": {"capacity_scale": [0.5], "talent_mobility": [0.0, 0.05]}}
    )
    sweep.run()
    before = contents(sweep.folder)
    larger = sweep.extend(3, {"capacity_scale": [0.5, 2.0], "wage_floor": [0.2]})
    larger.run()
    after = contents(sweep.folder)
    assert {name: after[name] for name in before} == before
    factors = ["capacity_scale", "talent_mobility", "wage_floor"]
    levels = {**larger.experiment.design.factors}
    whole = make(tmp_path / "w", seeds=3, design={"factors": levels})
    whole.run()
    assert len(larger.design) == len(whole.design) == 8
    order = [*factors, "replication"]
    frames = [
        s.finals.drop(columns=["run", "point"]).sort_values(order, ignore_index=True)[
            sorted(set(s.finals) - {"run", "point"})
        ]
        for s in (larger, whole)
    ]
    pd.testing.assert_frame_equal(*frames)
    keys = [set(s.runs["key"]) for s in (larger, whole)]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("kind", ["sobol", "random"])
def test_samples_take_more_points(tmp_path: Path, kind: str) -> None:
    span = {"talent_mobility": {"low": 0.0, "high": 0.1}, "until": {"low": 2005, "high": 2007}}
    values = {**VALUES, "seeds": 1, "design": {"kind": kind, "n": 2, "factors": span}}
    sweep = from_values(values, tmp_path / "s")
    sweep.run()
    larger = sweep.extend(points=4)
    larger.run()
    whole = from_values({**values, "design": {**values["design"], "n": 4}}, tmp_path / "w")
    whole.run()
    assert larger.digest() == whole.digest()
    pd.testing.assert_frame_equal(larger.store.unit(), whole.store.unit())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seeds": 1}, "has 2 seeds already: 1 is not more"),
        ({"points": 4}, "points can be added to designs of kind sobol and random, not to factorial"),
        ({"add": {"talent_mobilty": [0.1]}}, "did you mean talent_mobility"),
        ({"add": {"talent_mobility": [-1.0]}}, "talent_mobility cannot be"),
    ],
)
def test_what_cannot_be_added_changes_nothing(grown: Path, given, said: str) -> None:
    before = contents(grown)
    with pytest.raises(SweepError, match=said):
        open_store(grown).extend(**given)
    assert contents(grown) == before


def test_other_designs_are_refused(tmp_path: Path) -> None:
    span = {"talent_mobility": {"low": 0.0, "high": 0.1}}
    sweep = from_values({**VALUES, "seeds": 1, "design": {"kind": "lhs", "n": 2, "factors": span}}, tmp_path)
    sweep._prepare(1, False)
    with pytest.raises(SweepError, match="to a factorial design, not to one of kind lhs"):
        sweep.extend(add={"wage_floor": [0.1]})
    scaled = make(tmp_path / "scaled", design={"factors": {"traffic_scale": [1.0, 2.0]}})
    scaled._prepare(1, False)
    with pytest.raises(SweepError, match="traffic_scale, a factor of the design, multiplies it"):
        scaled.extend(add={"traffic_basic": [5.0]})
    chosen = make(tmp_path / "chosen", record={"panel": "run < 2"})
    chosen._prepare(1, False)
    with pytest.raises(SweepError, match="numbers of runs change with the number of seeds"):
        chosen.extend(seeds=4)


def test_factors_of_any_kind_have_a_first_value(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", seeds=1, design={"factors": {"capacity_scale": [1.0]}})
    sweep._prepare(1, False)
    for factor, value in {
        "scenario": "actual",
        "until": 2005,
        "latency_scale": 2.0,
        "scenario.hosts": 3,
    }.items():
        sweep = sweep.extend(add={factor: [value]})
    first = sweep.design.iloc[0].to_dict()
    assert first.pop("scenario_hosts") > 0
    assert first == {
        "point": 0,
        "capacity_scale": 1.0,
        "scenario": "random_hosts",
        "until": 2006,
        "latency_scale": 1.0,
    }
    assert len(sweep.design) == 16


def test_two_that_extend_at_once_do_not_overwrite_each_other(grown: Path) -> None:
    one, other = Store(grown), Store(grown)
    more = {"seeds": 3}
    open_store(grown).extend(**more)
    with pytest.raises(SweepError, match="another process extends"):
        one.grow(other.frozen, other.design(), other.unit())


def test_a_file_with_more_seeds_names_the_command(done: Sweep, tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    file.write_text(
        'name = "t"\ncities = "synthetic:12"\nuntil = 2005\nseeds = 3\n'
        "parameters = {firms = 60, burn_in = 0}\ndesign.factors.talent_mobility = [0.0, 0.05]\n",
        encoding="utf-8",
    )
    with pytest.raises(SweepError, match=f"add to this one: computeleap sweep extend {done.folder}"):
        load(file, done.folder).run()


def test_runs_of_a_grown_store_are_repeated_and_tried_again(grown: Path) -> None:
    sweep = open_store(grown).extend(seeds=3)
    sweep.run()
    for run in range(6):
        assert sweep.rerun(run).finals["theil"] == sweep.finals.set_index("run").loc[run, "theil"]
