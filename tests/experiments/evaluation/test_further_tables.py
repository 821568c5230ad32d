"""The table of further designs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation import further_tables as module
from experiments.evaluation.further_tables import FurtherRoles, further_rows, policy_rows
from experiments.evaluation.known_effect import lot_panel
from experiments.evaluation.observed_panel import ColumnRoles, read_observed
from experiments.evaluation.paper_tables import PanelWithRoles
from model.files.user_tables import InputError


def test_columns_of_further_designs_are_read_and_used(tmp_path: Path) -> None:
    for name in ("pyfixest", "diff_diff", "spreg"):
        pytest.importorskip(name)
    frame = lot_panel(1, hosts=12, effect=0.1, cities=40, years=9).drop(columns=["lon", "lat"])
    city = frame["city_id"].to_numpy()
    frame["use"] = frame["outcome"] ** 2
    frame["district"] = [f"区{one % 5}" for one in city]
    frame["terrain"] = np.random.default_rng(1).normal(size=40)[city - 1]
    path = tmp_path / "own.csv"
    frame.rename(columns={"year": "年份"}).to_csv(path, index=False)
    further = FurtherRoles(("terrain",), None, "district", ("district^年份",))
    given = ColumnRoles("outcome", year="年份", controls=("size",), channels=("use",), further=further)
    table, roles = read_observed(path, given)
    assert roles.further == FurtherRoles(("terrain",), None, "district", ("district^year",))
    subject = PanelWithRoles(table, "outcome", ("size",), {"use": "use"}, {}, ())
    rows = {str(row["item"]): row for row in further_rows(subject, roles.further)}
    own = rows["fixed effects city, district^year; errors by district"]
    assert own["estimate"] == pytest.approx(0.1, abs=0.1)
    for item in ("instruments: terrain", "instruments, controls by lasso: terrain"):
        assert "first-stage F" in str(rows[item]["note"])
    assert "lon and lat" in str(rows["spatial Durbin"]["note"])
    assert rows["synthetic difference-in-differences"]["se"] > 0
    with pytest.raises(InputError, match="column slope: is missing"):
        read_observed(path, ColumnRoles("outcome", year="年份", further=FurtherRoles(("slope",))))


def test_total_effects_are_a_table_or_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = lot_panel(1, hosts=12, effect=0.1, cities=40, years=9)
    subject = PanelWithRoles(frame.drop(columns="lat"), "outcome", (), {}, {}, ())
    (row,) = policy_rows(subject)
    assert "lon and lat of every city" in str(row["note"])
    found = pd.DataFrame(
        [
            {"effect": name, "meaning": name, "estimate": 0.02, "low": 0.01, "high": 0.03, "prior_low": 0.0}
            for name in ("total", "own", "on_others")
        ]
    ).assign(prior_high=0.04)
    monkeypatch.setattr(module, "policy_effects", lambda *_: found)
    rows = policy_rows(subject)
    assert [row["item"] for row in rows] == ["total", "own", "on_others"]
    assert rows[0]["note"] == "90 % interval; before the panel +0.000 to +0.040"
