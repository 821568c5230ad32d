"""Tables and figures of a paper from a user's table."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

from experiments.evaluation.known_effect import lot_panel
from experiments.evaluation.observed_panel import ColumnRoles
from model.files.user_tables import InputError
from viz.reports.paper import write_paper


def test_a_table_becomes_tables_and_figures(tmp_path: Path) -> None:
    frame = lot_panel(1, hosts=15, effect=0.2, cities=40)
    names = {"city_id": "城市", "year": "年份", "outcome": "专利", "centre": "智算中心", "size": "规模"}
    frame = frame.rename(columns=names).assign(城市=[f"市{one}" for one in frame["city_id"]])
    frame.to_csv(tmp_path / "own.csv", index=False, encoding="gb18030")
    roles = ColumnRoles("专利", "智算中心", "城市", "年份", controls=("规模",))
    paths = write_paper(tmp_path / "own.csv", tmp_path / "paper", roles, LinearRegression())
    assert {path.name for path in paths} == {
        *(f"{name}{ending}" for name in ("effect", "robustness") for ending in (".tex", ".docx", ".md")),
        "event_study.png",
        "distance.png",
    }
    text = (tmp_path / "paper" / "effect.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{lccc}" in text
    assert "智算中心 & 0." in text
    assert "专利" in text
    robust = (tmp_path / "paper" / "robustness.md").read_text(encoding="utf-8").splitlines()
    assert robust[2].startswith("|  | Imputation | Sun-Abraham | Callaway-Sant'Anna |")
    assert robust[4].startswith("| 智算中心 | 0.")
    assert "||" not in robust[4].replace(" ", "")  # every estimator has its effect in one row
    frame.drop(index=[7]).to_csv(tmp_path / "gap.csv", index=False)
    paths = write_paper(tmp_path / "gap.csv", tmp_path / "gap", roles, LinearRegression())
    assert "distance.png" not in {path.name for path in paths}  # it needs every city in every year
    robust = (tmp_path / "gap" / "robustness.md").read_text(encoding="utf-8").splitlines()
    assert robust[2].startswith("|  | Imputation | Errors by city and year |")
    with pytest.raises(InputError, match="column 规模 cannot have two roles"):
        write_paper(tmp_path / "own.csv", tmp_path / "no", ColumnRoles("规模", controls=("规模",)))
    assert not (tmp_path / "no").exists()
