"""Tables of regressions as LaTeX, Word and Markdown."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agents.user_error import UserError
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from tests.support.city_panels import eight_hosts, simple_panel
from viz.reports.regression_table import NAMESPACE, RegressionTable


@pytest.fixture(scope="module")
def table() -> RegressionTable:
    frame = simple_panel(2)
    models = {
        "(1)": fixed_effects(frame, "outcome"),
        "(2)": fixed_effects(eight_hosts(), "outcome", controls=["x1"]),
        "(3)": event_study(frame, "outcome", lags=0, leads=0),
    }
    return RegressionTable(models, {"centre": "centre_opened & works"})


def test_the_rows_are_those_of_a_paper(table: RegressionTable) -> None:
    rows = table.rows
    found = table.models["(1)"].frame().iloc[0]
    assert rows[0] == ["", "(1)", "(2)", "(3)"]
    assert rows[1][:2] == ["centre_opened & works", f"{found['estimate']:.3f}***"]
    assert rows[1][3] == ""  # the event study has no such coefficient
    assert rows[2][:2] == ["", f"({found['se']:.3f})"]
    assert rows[3][:2] == ["p", "0.000"]
    assert rows[-4] == ["N", "600", "400", "600"]
    assert rows[-3] == ["Clusters (cities)", "60", "50", "60"]
    assert rows[-2][3] == ""
    assert 0.0 < float(rows[-2][1]) < 1.0
    assert rows[-1] == ["Controls", "no", "yes", "no"]


def test_one_table_goes_to_three_formats(table: RegressionTable, tmp_path: Path) -> None:
    tex = table.save(tmp_path / "t.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{lccc}" in tex
    assert r"centre\_opened \& works & 0.482*** & " in tex
    assert r"R$^2$ (within city and year)" in tex
    text = table.save(tmp_path / "t.md").read_text(encoding="utf-8")
    assert "|  | (1) | (2) | (3) |\n| --- | ---: | ---: | ---: |" in text
    assert "| centre_opened & works | 0.482\\*\\*\\* |" in text
    path = table.save(tmp_path / "t.docx")
    with zipfile.ZipFile(path) as archive:
        page = ElementTree.fromstring(archive.read("word/document.xml"))
    cells = [
        ["".join(text.text or "" for text in cell.iter(f"{{{NAMESPACE}}}t")) for cell in row]
        for row in page.iter(f"{{{NAMESPACE}}}tr")
    ]
    assert cells == table.rows
    again = table.save(tmp_path / "again.docx")
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(UserError, match=r"t.pdf: a table is written to .tex, .docx, .md"):
        table.save(tmp_path / "t.pdf")
