"""The report states every number with its uncertainty, needs no other file, and hides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.ensemble.decomposition import shipped_parts
from experiments.measures.economic_effects import KINDS_OF_USE, centres_by_year
from experiments.measures.number_text import estimate
from model.parameters import Parameters
from viz.reports.run_report import (
    centre_count,
    centre_rows,
    chance_beyond_two_errors,
    compute_rows,
    report_html,
    write_report,
)

Tables = dict[str, pd.DataFrame]
Summary = Callable[..., dict[str, Any]]


def words(page: str) -> str:
    """The page without pictures, which are letters at random, on one line."""
    return " ".join(re.sub(r"data:image/png;base64,[^\"]*", "", page).split())


def report(summary: dict[str, Any], tables: Tables, centres: pd.DataFrame | None = None) -> str:
    return words(report_html(summary, tables, {}, centres))


NAMES = ("map", "distance", "channels", "gap", "ranks", "host_strength", "chain", "compute")
IMAGES = dict.fromkeys(NAMES, b"\x89PNG a picture")  # test_run_figures.py draws them


@pytest.fixture
def centres() -> pd.DataFrame:
    """Two seeds; S2 opens in the middle of the last year, S3 after it, at 3 % and 0 % of use."""
    rows = [
        (seed, name, city, kind, opened, year, operating, used + 0.1 * (seed == 2) * operating)
        for seed in (1, 2)
        for name, city, kind, opened, operating, used in (
            ("S1", 100_000, "super", "2011Q3", 1.0, 0.5),
            ("S2", 100_005, "basic", "2022Q3", 0.5, 0.2),
            ("S3", 100_010, "basic", "2023Q1", 0.0, 0.0),
        )
        for year in (2021, 2022)
    ]
    columns = ["seed", "centre_id", "city_id", "kind", "opened", "year", "operating", "utilisation"]
    return pd.DataFrame(rows, columns=columns).assign(capacity=0.75)


class Balance(HTMLParser):
    """Opened and not yet closed tags."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_estimate_is_stated_with_its_error_and_seeds(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(), tables)
    for name in ("effects", "distance", "channels", "gap", "host_strength", "gdp", "gdp_distance"):
        for _, row in tables[name][tables[name]["seeds"] > 0].iterrows():
            value = estimate(row["mean"], row["se"])
            assert f"{value}</td>" in page, (name, value)
    row = (
        '<td>host cities</td><td class="n">+10.12 ± 0.32</td><td>positive</td>'
        '<td class="n">+0.750 ± 0.050</td><td>positive</td><td class="n">4</td>'
    )
    assert row in page
    for name in tables["ranks"].nlargest(12, "gain")["name_en"]:
        assert f"<td>{name} " in page
    assert "over 1000" not in page  # no city is that far away


def test_ranges_and_fragile_signs_are_in_the_tables(tables: Tables, summary_of: Summary) -> None:
    row = {"table": "effects", "label": "host cities", "low": -0.5, "high": 3.61, "verdict": "fragile"}
    page = report(summary_of(), {**tables, "uncertainty": pd.DataFrame([row])})
    assert "[−0.50 to +3.61]</span></td><td>positive, fragile</td>" in page
    assert "In brackets: the 90 % range" in page
    assert "In brackets" not in report(summary_of(), tables)


def test_mechanisms_are_told_where_they_are_known(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(), {**tables, "mechanisms": shipped_parts()})
    assert "Through which mechanisms?" in page
    assert "<td>price</td>" in page
    assert "<td>none of these</td>" in page
    assert "<td>effect</td>" not in page
    assert "Through which mechanisms?" not in report(summary_of(), tables)


def test_no_phrase_is_repeated_ten_times(tables: Tables, summary_of: Summary) -> None:
    page = re.sub(r"<details>.*?</details>", "", report(summary_of(), tables))
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " | ", page)
    counted: dict[str, int] = {}
    for part in plain.split("|"):
        said = re.findall(r"[a-zA-Z’]+", part)
        for start in range(len(said) - 3):
            phrase = " ".join(said[start : start + 4])
            counted[phrase] = counted.get(phrase, 0) + 1
    assert max(counted.values()) < 10, max(counted, key=counted.__getitem__)


def test_the_page_needs_nothing_else(tables: Tables, summary_of: Summary, centres: pd.DataFrame) -> None:
    page = report_html(summary_of(), tables, IMAGES, centres)
    assert page.count('src="data:image/png;base64,') == len(IMAGES) == 8
    plain = words(page)
    assert not re.search(r"https?:|src=\"(?!\")|<script|<link|@import|url\(", plain)
    assert "default-src 'none'" in plain
    assert plain.startswith("<!doctype html>")
    balance = Balance()
    balance.feed(plain)
    assert balance.open == []
    assert all(re.search(r'<img [^>]*alt="[^"]{20,}"', figure) for figure in page.split("<figure>")[1:])


def test_what_was_run_is_stated(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(), tables)
    for fact in (
        "the real centres open at their real dates",
        "31 compute centres in each run",
        "60 mainland cities",
        "are estimates",
        "1,234 at the start",
        "72 quarters",
        "40 quarters of burn-in",
        "4 (1, 2, 3, 4); 4 complete pairs",
        "computeleap run --seeds 4",
        "2026-01-02",
        "65 s",
        "python 3.13.1, numpy 2.4.0.",
        "Not a forecast",
        "Institutions are drawn",
        "the last 5 years, 2018–2022",
    ):
        assert fact in page, fact
    given = report(summary_of(cities_estimated=False), tables)
    assert "estimates made from provincial totals" not in given
    assert "as given" in given


def test_names_are_escaped(tables: Tables, summary_of: Summary, centres: pd.DataFrame) -> None:
    hostile = "<script>alert('x')</script>&\"$x^"
    for name in ("cities", "ranks"):
        tables[name] = tables[name].assign(name_en=hostile, name_zh=hostile)
    summary = summary_of(command=hostile, meaning=hostile, failures={hostile: hostile}, scenario=hostile)
    page = words(report_html(summary, tables, IMAGES, centres))
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#34;$x^" in page


def test_no_number_is_missing_in_silence(
    tables: Tables, one_seed: Tables, no_centres: Tables, summary_of: Summary, centres: pd.DataFrame
) -> None:
    for case in (tables, one_seed, no_centres):
        page = report(summary_of(), case, centres)
        assert not re.search(r"\bnan\b|[>±−+] ?(none|inf)\b", page, re.IGNORECASE)


def test_one_seed_has_no_standard_error(one_seed: Tables, summary_of: Summary) -> None:
    page = report(summary_of(seeds=[1]), one_seed)
    assert "+10.1</td>" in page
    assert "One seed gives no standard error" in page
    assert "beyond two standard errors" not in page
    assert "One pair of simulated runs covers 60" in page
    assert "the gap between cities changes (Theil, −3.21 %)" in page
    assert "% (one seed, no standard error)." in page


def test_without_centres_the_report_says_so(no_centres: Tables, summary_of: Summary) -> None:
    nothing = pd.DataFrame(columns=["seed", "centre_id", "city_id", "kind", "opened", "capacity"])
    page = words(report_html(summary_of(scenario="none", centres=0), no_centres, {}, nothing))
    assert "there is no effect to show" in page
    assert "both runs of a pair are the same" in page
    assert "<h3>Channels" not in page
    assert "<img" not in page
    assert "<h2>Centres opened" not in page
    assert "<h2>Parameters" in page


def test_centres_are_judged_by_the_quarters_in_which_they_worked(
    tables: Tables, centres: pd.DataFrame
) -> None:
    rows = centre_rows(centres, tables["cities"], 2022)
    assert [row["name"] for row in rows] == ["S1", "S2"]  # S3 opens after the last year
    # S1: 50 and 60 %; S2 worked half of the year: 0.2 and 0.25 over 0.5.
    assert [row["utilisation"] for row in rows] == ["55.0 ± 5.0", "45.0 ± 5.0"]
    assert rows[1] == {
        "name": "S2",
        "city": "City F5",
        "kind": "basic",
        "opened": "2022Q3",
        "capacity": "0.75",
        "utilisation": "45.0 ± 5.0",
        "seeds": "2",
    }


def test_centres_are_counted_in_one_run(centres: pd.DataFrame, summary_of: Summary) -> None:
    assert centre_count(summary_of(), centres) == "2 compute centres"
    assert centre_count(summary_of(last_year=2021), centres) == "1 compute centre"
    assert centre_count(summary_of(), None) == "31 compute centres"
    assert centre_count(summary_of(), centres.iloc[:0]) == "0 compute centres"


def test_a_long_table_of_centres_is_folded(
    tables: Tables, summary_of: Summary, centres: pd.DataFrame
) -> None:
    many = pd.concat([centres.assign(centre_id=f"R{k}", opened="2010Q1") for k in range(70)])
    assert "<details><summary>70 centres" in report(summary_of(), tables, many)
    assert "centres, over all seeds" not in report(summary_of(), tables, centres)


def test_changed_parameters_come_first_and_all_are_listed(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(), tables)
    assert page.index("Changed from their default") < page.index(
        f"<details><summary>All {len(Parameters.model_fields)} parameters"
    )
    firms = '<td class="n"><strong>1234</strong></td><td>firms</td><td class="n">10000</td>'
    assert page.count(firms) == 2
    for name in Parameters.model_fields:
        assert f"<code>{name}</code>" in page
    assert "innovations/quarter" in page
    assert "All parameters have their default values." in report(summary_of(parameters_changed={}), tables)


def test_the_chain_is_told_by_group_and_by_city(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(), tables)
    assert '<td>host cities</td><td class="n">1.25</td><td class="n">+0.125 ± 0.010</td>' in page
    # City D55 hosts, and rises by 55 hundredths of a rung; it is among the risers and among all cities.
    row = '<td class="n">20</td><td class="n">1.50</td><td class="n">+0.550 ± 0.020</td>'
    assert page.count(f'City D55 <span lang="zh">某市</span></td>{row}') == 2
    assert "All 60 cities with firms" in page
    off = report(
        summary_of(), {**tables, "chain": tables["chain"][:0], "chain_groups": tables["chain_groups"][:0]}
    )
    assert "Place in the industry chain" not in off


def test_compute_is_told_by_year(tables: Tables, summary_of: Summary, centres: pd.DataFrame) -> None:
    """S1 serves a quarter of 0.75 in both seeds, S2 half of that in half of the last year."""
    given = centres.assign(served=0.25 * centres["capacity"] * centres["operating"])
    found = {row["year"]: row for row in compute_rows(tables["compute"], centres_by_year(given))}
    assert list(found) == ["2005", "2010", "2015", "2022"]
    assert [found["2005"][name] for name in KINDS_OF_USE] == ["1.02", "2.04", "3.06", "4.08"]
    assert found["2005"]["growth"] == "n/a"
    assert found["2022"]["growth"] == "10.0"  # a tenth a year
    assert found["2022"]["price"] == "0.17903"  # 0.98·e^−1.7
    assert found["2022"]["use"] == "25.0"
    assert found["2005"]["use"] == "n/a"
    page = words(report_html(summary_of(), tables, {}, given))
    assert '<td class="n">10.0</td><td class="n">0.17903</td><td class="n">25.0</td>' in page


def test_what_the_centres_cost_is_told_with_its_unit(
    tables: Tables, no_centres: Tables, summary_of: Summary
) -> None:
    page = report(summary_of(), tables)
    assert 'spent on capacity, all years</td><td class="n">2.83 ± 0.15</td><td>money/money</td>' in page
    assert "a unit of money spent on it gives 2.83 ± 0.15 of real GDP" in page
    assert "What do the centres cost" in page
    assert "What do the centres cost" not in report(summary_of(), no_centres)


def test_failures_are_listed(tables: Tables, summary_of: Summary) -> None:
    page = report(summary_of(failures={"seed 3 with": "ValueError: no capacity"}), tables)
    assert "1 run failed." in page
    assert "seed 3 with: ValueError: no capacity" in page
    assert not re.search(r"runs? failed|a failed run", report(summary_of(), tables))


def test_the_folder_gets_the_report_and_its_figures(
    tables: Tables, summary_of: Summary, centres: pd.DataFrame, tmp_path: Path
) -> None:
    path = write_report(tmp_path, summary_of(), tables, centres)
    assert path == tmp_path / "report.html"
    assert "<h1>" in path.read_text(encoding="utf-8")
    names = sorted(file.name for file in (tmp_path / "figures").iterdir())
    drawn = ("chain", "channels", "compute", "distance", "gap", "host_strength", "map", "ranks")
    assert names == [f"{name}.png" for name in drawn]


def test_the_chance_of_an_error_is_that_of_student() -> None:
    # P(|t| > 2): 29.5 % with one degree of freedom, 18.4 % with two, 6.0 % with 19.
    assert [chance_beyond_two_errors(pairs) for pairs in (1, 2, 3, 20)] == ["n/a", "30", "18", "6"]
