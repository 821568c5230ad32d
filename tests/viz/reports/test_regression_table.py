"""Tables of regressions as LaTeX, Word and Markdown."""

from __future__ import annotations

import zipfile
from dataclasses import replace
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
    assert rows[3][:2] == ["p", "<0.001"]
    assert rows[-6] == ["N", "600", "400", "600"]
    assert rows[-5] == ["Clusters", "60", "50", "60"]
    assert rows[-4][3] == ""
    assert 0.0 < float(rows[-4][1]) < 1.0
    assert rows[-3] == ["Fixed effects", *["city, year"] * 3]
    assert rows[-2] == ["Standard errors", "by city (CV3)", "by city (CV3)", "by city"]
    assert rows[-1] == ["Controls", "no", "yes", "no"]


def test_instruments_show_their_strength() -> None:
    frame = simple_panel(3)
    known = {"first_stage_f": 12.34, "anderson_rubin": (0.1, float("inf")), "clusters": "31 × 10"}
    plain = fixed_effects(frame, "outcome")
    table = RegressionTable({"IV": replace(plain, details={**plain.details, **known}), "OLS": plain})
    assert table.rows[-2:] == [["First-stage F", "12.3", ""], ["Anderson-Rubin 95 % set", "[0.100, ∞]", ""]]
    assert table.facts[1] == ["Clusters", "31 × 10", "60"]
    assert r"[0.100, $\infty$]" in table.latex()


def test_one_table_goes_to_three_formats(table: RegressionTable, tmp_path: Path) -> None:
    tex = table.save(tmp_path / "t.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{lccc}" in tex
    assert r"centre\_opened \& works & 0.482*** & " in tex
    assert r"R$^2$ (within)" in tex
    assert "*** p $<$ 0.01" in tex  # a bare < is ¡ in the default encoding of fonts
    assert "(1), (2): Two-way fixed effects of outcome.\n" in tex
    assert r"\begin{minipage}{\linewidth}\footnotesize" in tex
    text = table.save(tmp_path / "t.md").read_text(encoding="utf-8")
    assert "|  | (1) | (2) | (3) |\n| --- | ---: | ---: | ---: |" in text
    assert "| centre_opened & works | 0.482\\*\\*\\* |" in text
    assert "\n\n(1), (2): Two-way fixed effects of outcome.\n\n(3): Diff" in text
    path = table.save(tmp_path / "t.docx")
    with zipfile.ZipFile(path) as archive:
        page = ElementTree.fromstring(archive.read("word/document.xml"))
    cells = [
        ["".join(text.text or "" for text in cell.iter(f"{{{NAMESPACE}}}t")) for cell in row]
        for row in page.iter(f"{{{NAMESPACE}}}tr")
    ]
    assert cells == table.rows
    rules = [sum(1 for _ in row.iter(f"{{{NAMESPACE}}}top")) for row in page.iter(f"{{{NAMESPACE}}}tr")]
    assert [place for place, count in enumerate(rules) if count] == [0, len(cells) - 6]
    again = table.save(tmp_path / "again.docx")
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(UserError, match=r"t.pdf: a table is written to .tex, .docx, .md"):
        table.save(tmp_path / "t.pdf")
