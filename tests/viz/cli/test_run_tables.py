"""What `computeleap run` shows: each number of the tables where its label is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from viz.cli.run_tables import show_results

STUDY: Any = SimpleNamespace(until=2022, parameters=SimpleNamespace(start_year=2005))
Tables = dict[str, pd.DataFrame]


def shown(tables: Tables, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines of the output, blanks closed up."""
    show_results(STUDY, tables)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_labels_and_numbers_are_in_a_row(tables: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(tables, capsys)
    assert "Means of 2018-2022 against the same country and draws without centres." in lines
    for line in (
        "host cities +10.12 0.32 4",
        "other cities −0.46 0.05 4",
        "0-150 −1.50 0.20 4 10.0",
        "technology adoption +5.30 0.30 4 percentage points",
        "Theil −3.21 0.40 4",
        "places gained: weak hosts +7.00 0.70 4",
        "host cities 1.25 +0.1250 0.0100 −1.70 0.20",
    ):
        assert line in lines, line


def test_the_ten_cities_that_gain_most_come_in_order(
    tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(tables, capsys)
    start = lines.index("Cities that gain most places in innovation")
    gains = [float(line.split("+")[1].split()[0]) for line in lines[start + 4 :] if line.startswith("City ")][
        :10
    ]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] == round(tables["ranks"]["gain"].max(), 1)


def test_tables_without_a_host_are_left_out(no_centres: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(no_centres, capsys)
    assert "Weak and strong host cities" not in lines
    assert "Cities that gain most places in innovation" not in lines
    assert "whole country (total) 0.00 0.00 2" in lines
