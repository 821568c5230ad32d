"""Designs: which points are run."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.sweep import SweepError, from_values, load
from experiments.sweep.design import make_design
from tests.support.sweeps import VALUES

FACTORS = {
    "substitution": {"low": 1.5, "high": 2.5},
    "home_reach": {"low": 10.0, "high": 1000.0, "scale": "log"},
    "scenario.hosts": {"low": 2, "high": 8},
    "scenario": ["actual", "random_hosts"],
}


def make(**values: Any) -> Any:
    return from_values({"name": "t", **values})


@pytest.mark.parametrize(
    ("kind", "n", "points"),
    [("lhs", 40, 40), ("sobol", 64, 64), ("random", 50, 50), ("morris", 6, 30), ("saltelli", 16, 96)],
)
def test_sampled_designs_stay_in_range_and_repeat(kind: str, n: int, points: int) -> None:
    sweep = make(design={"kind": kind, "n": n, "factors": FACTORS})
    design = sweep.design
    assert len(design) == points
    assert design["point"].tolist() == list(range(points))
    assert design["substitution"].between(1.5, 2.5).all()
    assert design["home_reach"].between(10.0, 1000.0).all()
    assert design["scenario_hosts"].dtype.kind == "i"
    assert design["scenario_hosts"].between(2, 8).all()
    assert set(design["scenario"]) == {"actual", "random_hosts"}
    again = make(design={"kind": kind, "n": n, "factors": FACTORS}).design
    pd.testing.assert_frame_equal(design, again)
    other = make(design={"kind": kind, "n": n, "factors": FACTORS}, first_seed=2).design
    assert not design.equals(other)


def test_lhs_has_one_point_in_each_part_and_log_scale_halves_the_decades() -> None:
    design = make(design={"kind": "lhs", "n": 100, "factors": FACTORS}).design
    parts = ((design["substitution"] - 1.5) * 100).astype(int)
    assert sorted(parts) == list(range(100))
    assert (design["home_reach"] < 100.0).sum() == 50


def test_a_table_is_taken_as_it_is(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"substitution": [1.5, 2.0], "scenario.hosts": [3, 4], "scenario": ["none", "actual"]}
    )
    frame.to_csv(tmp_path / "points.csv", index=False)
    (tmp_path / "t.toml").write_text(
        'name = "t"\n[design]\nkind = "table"\nfile = "points.csv"\n', encoding="utf-8"
    )
    design = load(tmp_path / "t.toml").design
    assert design.drop(columns="point").to_numpy().tolist() == frame.to_numpy().tolist()
    frame.rename(columns={"substitution": "substituton"}).to_csv(tmp_path / "points.csv", index=False)
    with pytest.raises(SweepError, match="substituton, which is not a factor; did you mean substitution"):
        load(tmp_path / "t.toml").design  # noqa: B018
    for text, said in (
        ("substitution\n1.5,2\n3,4,5\n", "points.csv, row 2, has 2 fields, the header has 1; every"),
        ("substitution\n", "points.csv must have rows, and a value in every cell"),
        ("substitution,scenario.hosts\n1.5,3\n1.5,\n", "points.csv, row 3, column scenario.hosts: is blank"),
        ("substitution,备注\n1.5,x\n", "points.csv has a column 备注, which is not a factor"),
        ("xyzzy\n1\n", "points.csv has a column xyzzy, which is not a factor"),
        ("substitution\n9.5\n", "design.factors.substitution: "),
    ):
        (tmp_path / "points.csv").write_text(text, encoding="gb18030")
        with pytest.raises(SweepError) as caught:
            load(tmp_path / "t.toml").design  # noqa: B018
        assert said in str(caught.value)


def test_a_table_may_have_semicolons_and_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes("substitution;scenario.hosts;scenario\n１.５;3;none\n2;4;actual\n".encode("utf-16"))
    design = make(design={"kind": "table", "file": str(path)}).design
    assert design.drop(columns="point").to_numpy().tolist() == [[1.5, 3, "none"], [2.0, 4, "actual"]]


def test_a_table_may_be_parquet_and_number_its_points(tmp_path: Path) -> None:
    frame = pd.DataFrame({"point": [5, 6], "substitution": [1.5, 2.0]})
    frame.to_parquet(tmp_path / "points.parquet")
    design = make(design={"kind": "table", "file": str(tmp_path / "points.parquet")}).design
    assert design.to_dict("list") == {"point": [0, 1], "substitution": [1.5, 2.0]}


def test_a_design_without_factors_is_one_point() -> None:
    assert make().design.to_dict("list") == {"point": [0]}


def test_filtered_designs_number_their_points_from_0() -> None:
    factors = {"substitution": [1.2, 1.5, 1.8], "scenario": ["actual", "none"]}
    design = make(
        design={"where": "not (scenario = 'none' and substitution > 1.3)", "factors": factors}
    ).design
    assert design["point"].tolist() == [0, 1, 2, 3]
    assert (design["scenario"] == "none").sum() == 1


def test_a_factorial_is_the_product_of_its_levels() -> None:
    factors = {
        "talent_mobility": [0, 0.05],
        "until": [2006, 2007],
        "scenario": ["actual", "random_hosts"],
    }
    frame, _ = make_design(from_values({**VALUES, "design": {"factors": factors}}).experiment)
    product = pd.DataFrame(list(itertools.product(*factors.values())), columns=list(factors))
    pd.testing.assert_frame_equal(frame.drop(columns="point"), product)


@pytest.mark.parametrize("kind", ["factorial", "random"])
def test_a_design_has_a_largest_size(kind: str) -> None:
    span = {"low": 0.1, "high": 0.2, "n": 10_000}
    design = {"kind": kind, "factors": {"talent_mobility": span, "wage_floor": span}}
    design |= {"n": 10**8} if kind == "random" else {}
    with pytest.raises(SweepError, match=r"more than 10,000,000: use fewer|must be at most 10000000"):
        from_values({**VALUES, "design": design}).check()
