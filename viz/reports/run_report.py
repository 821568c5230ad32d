"""The report of a run: one HTML file that needs no other file and no network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from scipy import stats

from experiments.ensemble.headline_ranges import FRAGILE
from experiments.measures.economic_effects import KINDS_OF_USE, PRICE, centres_by_year, rising
from experiments.measures.number_text import NOT_AVAILABLE, estimate, number, verdict
from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.results.write_results import Summary, centres_per_run
from model.parameters import Parameters, describe
from viz.figures.economy_figures import TOTAL
from viz.figures.figure_style import write_figures
from viz.figures.run_figures import all_figures
from viz.reports.page_template import data_url, read_images, template
from viz.reports.sentences import OVERTAKING, abstract, any_host, last_years, pairs_of, span_text, spans

CENTRES_SHOWN = 60  # a longer table of centres is folded
RANKS_SHOWN = 15
RISERS_SHOWN = 12


def write_report(
    folder: Path,
    summary: Summary,
    tables: Mapping[str, pd.DataFrame],
    centres: pd.DataFrame | None = None,
) -> Path:
    """Write ``figures/*.png`` and ``report.html`` into a folder; return the path of the report."""
    images = read_images(write_figures(folder / "figures", all_figures(tables, centres)))
    path = folder / "report.html"
    path.write_text(report_html(summary, tables, images, centres), encoding="utf-8")
    return path


def report_html(
    summary: Summary,
    tables: Mapping[str, pd.DataFrame],
    images: Mapping[str, bytes],
    centres: pd.DataFrame | None = None,
) -> str:
    """Return the report as text.

    summary: as `experiments.results.write_results.summary` returns it.
    tables: as `experiments.measures.effect_tables.all_tables`.
    images: PNG files of the figures of `viz.figures.run_figures.all_figures`, by name.
    centres: ``Results.centres``.
    """
    pairs = pairs_of(tables)
    count = centre_count(summary, centres)
    known: dict[str, dict[str, pd.Series]] = {}
    for (table, label), row in spans(tables).items():
        known.setdefault(table, {})[label] = row
    return template("report.html.j2").render(
        summary=summary,
        abstract=abstract(summary, tables, count),
        facts=facts(summary, pairs, count),
        hosts=any_host(tables),
        years=last_years(summary),
        window=WINDOW_YEARS,
        overtaking=number(OVERTAKING, 0),
        pairs=pairs,
        chance=chance_beyond_two_errors(pairs),
        effects=economy_rows(
            tables["effects"], real_gdp(tables), "group", known.get("effects"), known.get("gdp")
        ),
        distance=economy_rows(tables["distance"], tables["gdp_distance"], "band_km", known.get("distance")),
        chain_groups=chain_group_rows(tables["chain_groups"]),
        chain=chain_rows(tables["chain"]),
        risers=chain_rows(rising(tables["chain"], RISERS_SHOWN)),
        compute=compute_rows(tables["compute"], centres_by_year(centres)),
        costs=estimates(tables["costs"], "label", signed=False),
        channels=estimates(tables["channels"], "channel", known=known.get("channels")),
        gap=estimates(tables["gap"], "index", known=known.get("gap")),
        parts=part_rows(tables.get("mechanisms")),
        ranges=bool(known),
        ranks=rank_rows(tables["ranks"]),
        strength=estimates(tables["host_strength"], "measure"),
        own=own_rows(tables.get("own_measures")),
        centres=centre_rows(centres, tables["cities"], summary["last_year"]),
        centres_shown=CENTRES_SHOWN,
        changed=parameter_rows(summary["parameters_changed"], summary),
        parameters=parameter_rows(summary["parameters"], summary),
        images={name: data_url(image) for name, image in images.items()},
    )


def chance_beyond_two_errors(pairs: int) -> str:
    """Return the probability, in %, that the mean lies beyond two standard errors if the effect is zero.

    It is the two-sided tail of Student's t with pairs − 1 degrees of freedom.
    """
    return number(200.0 * stats.t.sf(2.0, pairs - 1), 0) if pairs > 1 else NOT_AVAILABLE


SHORT = {
    "positive beyond two standard errors": "positive",
    "negative beyond two standard errors": "negative",
    "not distinguishable from zero": "unclear",
    "one seed, no standard error": "one seed",
    "exactly zero in every seed": "zero",
}
"""Verdicts of tables, whose meaning the section's first paragraph gives."""


def short_verdict(mean: float, error: float, span: pd.Series | None = None) -> str:
    """Return the sign in a word, and ``fragile`` if members of the ensemble differ in it."""
    words = verdict(mean, error)
    fragile = span is not None and span["verdict"] == FRAGILE
    return f"{SHORT.get(words, words)}{', fragile' if fragile else ''}"


def estimates(
    frame: pd.DataFrame, label: str, signed: bool = True, known: Mapping[str, pd.Series] | None = None
) -> list[dict[str, str]]:
    """Return the rows of estimates that have a value: label, value, seeds, verdict, unit, range.

    known: Label → the row of ``uncertainty``.
    """
    ranges = known or {}
    if "mean" not in frame:
        return []
    return [
        {
            "label": str(row[label]),
            "value": estimate(row["mean"], row["se"], signed),
            "seeds": str(int(row["seeds"])),
            "words": short_verdict(row["mean"], row["se"], ranges.get(str(row[label]))),
            "unit": str(row.get("unit", "")),
            "range": span_text(ranges.get(str(row[label]))),
        }
        for _, row in frame.iterrows()
        if row["seeds"] > 0
    ]


def real_gdp(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of ``gdp`` on real GDP."""
    return tables["gdp"][tables["gdp"]["measure"] == "real_gdp"]


def economy_rows(
    innovation: pd.DataFrame,
    gdp: pd.DataFrame,
    label: str,
    known: Mapping[str, pd.Series] | None = None,
    known_gdp: Mapping[str, pd.Series] | None = None,
) -> list[dict[str, str]]:
    """Return effects on innovation and on real GDP by group or distance band, with cities and seeds."""
    of_gdp = {row["label"]: row for row in estimates(gdp, label, known=known_gdp)}
    absent = {"value": NOT_AVAILABLE, "words": NOT_AVAILABLE, "range": ""}
    counts = innovation["cities"] if "cities" in innovation else pd.Series("", innovation.index)
    cities = {str(name): number(count, 0) for name, count in zip(innovation[label], counts, strict=True)}
    return [
        {
            **row,
            "label": row["label"].replace("-", "–") if label == "band_km" else row["label"],
            "cities": cities[row["label"]],
            "gdp": of_gdp.get(row["label"], absent)["value"],
            "gdp_words": of_gdp.get(row["label"], absent)["words"],
            "gdp_range": of_gdp.get(row["label"], absent)["range"],
        }
        for row in estimates(innovation, label, known=known)
    ]


def chain_group_rows(groups: pd.DataFrame) -> list[dict[str, str]]:
    """Return the place of groups of cities in the chain and the effect of the centres on it."""
    return [
        {
            "label": str(row["group"]),
            "rung": number(row["rung"]),
            "climb": estimate(row["climb"], row["climb_se"]),
            "value": estimate(row["value_added"], row["value_added_se"]),
            "words": short_verdict(row["value_added"], row["value_added_se"]),
            "seeds": str(int(row["seeds"])),
        }
        for _, row in groups.iterrows()
        if row["seeds"] > 0
    ]


def chain_rows(chain: pd.DataFrame) -> list[dict[str, str]]:
    """Return each city's rung and share of value added, and the effects of the centres on both."""
    return [
        {
            "name": str(row["name_en"]),
            "name_zh": str(row["name_zh"]),
            "firms": number(row["firms"], 0),
            "rung": number(row["position"]),
            "climb": estimate(row["position_change"], row["position_se"]),
            "share": number(100.0 * row["value_added"], 3),
            "change": number(row["value_added_effect"], 1, signed=True),
            "host": number(100.0 * row["host"], 0),
        }
        for _, row in chain.iterrows()
        if row["firms"] > 0
    ]


def compute_rows(compute: pd.DataFrame, centre_years: pd.DataFrame) -> list[dict[str, str]]:
    """Return compute in every fifth year and the last: use by kind, its growth, price, use of the centres."""
    if not len(compute):
        return []
    found = compute.pivot(index="year", columns="quantity", values="with")
    whole = centre_years[centre_years["kind"] == "all"].set_index("year")["use"]
    last = found.index[-1]
    rows = []
    for year in [y for y in found.index if y % 5 == 0 and last - y >= 3] + [last]:
        now, total = found.loc[year], found[TOTAL]
        before = max(found.index[0], year - 5)
        pace = (
            100.0 * math.log(total[year] / total[before]) / (year - before) if year > before else float("nan")
        )
        rows.append(
            {
                "year": str(year),
                **{name: _as_text(now[label]) for name, label in KINDS_OF_USE.items()},
                "growth": number(pace, 1),
                "price": _as_text(now[PRICE]),
                "use": number(100.0 * whole.get(year, float("nan")), 1),
            }
        )
    return rows


def own_rows(own: pd.DataFrame | None) -> list[dict[str, str]]:
    """Return what extensions measure by group of cities: level without centres, change, verdict."""
    if own is None:
        return []
    rows = [row for _, row in own.iterrows() if row["seeds"] > 0]
    return [
        {
            **told,
            "group": str(row["group"]),
            "meaning": str(row["meaning"]),
            "without": _as_text(float(row["without"])),
        }
        for row, told in zip(rows, estimates(own, "measure"), strict=True)
    ]


def part_rows(parts: pd.DataFrame | None) -> list[dict[str, str]]:
    """Return the share of each mechanism in the effect on hosts, others and the country, median and range."""
    if parts is None:
        return []
    found = parts.set_index(["mechanism", "effect"])
    rows = []
    for name in parts["mechanism"].drop_duplicates():
        row = {"label": str(name)}
        for effect in ("effect_hosts", "effect_others", "effect_national"):
            one = found.loc[(name, effect)]
            middle, low, high = (number(100.0 * one[key], 0) for key in ("share", "share_low", "share_high"))
            row[effect] = f"{middle} [{low} to {high}]"
        rows += [row] if name != "effect" else []
    return rows


def rank_rows(ranks: pd.DataFrame) -> list[dict[str, str]]:
    """Return the cities that gain most places."""
    gained = ranks[ranks["gain"] > 0]
    best = gained.sort_values(["gain", "city_id"], ascending=[False, True]).head(RANKS_SHOWN)
    return [
        {
            "name": str(row["name_en"]),
            "name_zh": str(row["name_zh"]),
            "before": number(row["rank_without"], 1),
            "after": number(row["rank_with"], 1),
            "gain": estimate(row["gain"], row["se"]),
            "overtakes": number(100.0 * row["overtakes"], 0),
            "host": number(100.0 * row["host"], 0),
        }
        for _, row in best.iterrows()
    ]


def centre_count(summary: Summary, centres: pd.DataFrame | None) -> str:
    """Return ``47 compute centres``: their number in each run."""
    known = centres is not None
    count = centres_per_run(centres, summary["last_year"]) if known else int(summary["centres"])
    return f"{count} compute centre{'' if count == 1 else 's'}"


def centre_rows(centres: pd.DataFrame | None, cities: pd.DataFrame, last_year: int) -> list[dict[str, str]]:
    """Return a row for each centre that opened, by date: city, kind, capacity and use in the last year."""
    if centres is None or not len(centres):
        return []
    names = dict(zip(cities["city_id"], cities["name_en"], strict=True))
    opened = centres["opened"].str[:4].astype(int) <= last_year
    last = centres[opened & (centres["year"] == last_year)].copy()
    # A centre that opened within the year is judged by the quarters in which it worked.
    last["busy"] = 100.0 * last["utilisation"] / last["operating"].where(last["operating"] > 0)
    rows = []
    for (_, name), here in last.groupby(["opened", "centre_id"]):
        first = here.iloc[0]
        busy = here["busy"].dropna()
        rows.append(
            {
                "name": str(name),
                "city": str(names.get(first["city_id"], first["city_id"])),
                "kind": str(first["kind"]),
                "opened": str(first["opened"]),
                "capacity": f"{here['capacity'].mean():.3g}",
                "utilisation": estimate(busy.mean(), busy.sem() if len(busy) > 1 else None, signed=False),
                "seeds": str(here["seed"].nunique()),
            }
        )
    return rows


def parameter_rows(values: Mapping[str, object], summary: Summary) -> list[dict[str, str]]:
    """Return parameters with value, unit, meaning, default, range and source; those of extensions too."""
    rows = []
    from_extensions: dict[str, Mapping[str, object]] = {
        row["name"]: row for one in summary.get("extensions", ()) for row in one["described"]
    }
    for name, value in values.items():
        known: Mapping[str, object] = (
            describe(name) if name in Parameters.model_fields else from_extensions.get(name, {})
        )
        rows.append(
            {
                "name": name,
                "value": _as_text(value),
                "default": _as_text(known.get("default", "")),
                "range": f"{_as_text(known['low'])} to {_as_text(known['high'])}" if known else "",
                **{key: str(known.get(key, "")) for key in ("unit", "meaning", "source", "group")},
            }
        )
    return rows


def _as_text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def facts(summary: Summary, pairs: int, centres: str) -> list[tuple[str, str]]:
    """Return the facts of the run: a label and a sentence each."""
    seeds = [str(seed) for seed in summary["seeds"]]
    shown = ", ".join(seeds) if len(seeds) <= 12 else f"{', '.join(seeds[:10])}, … {seeds[-1]}"
    years = summary["last_year"] - summary["first_year"] + 1
    figures = (
        "population and GDP of cities are estimates, at least in part"
        if summary["cities_estimated"]
        else "population and GDP of cities as given"
    )
    seconds = summary["seconds"]
    return [
        ("Scenario", f"{summary['scenario']}: {summary['meaning']}"),
        ("Centres", f"{centres} in each run with centres, by the end of {summary['last_year']}"),
        ("Cities", f"{summary['cities']} mainland cities; {figures}"),
        ("Firms", f"{summary['firms']:,} at the start"),
        (
            "Time",
            f"{summary['first_year']}–{summary['last_year']}, {4 * years} quarters, after "
            f"{summary['burn_in_quarters']} quarters of burn-in, not reported",
        ),
        ("Seeds", f"{len(seeds)} ({shown}); {pairs} complete pair{'' if pairs == 1 else 's'} of runs"),
        (
            "Design",
            "twin runs: for every seed one run with the centres and one without, with the same draws for all "
            "agents",
        ),
        ("Date", str(summary["date"])),
        ("Command", str(summary["command"])),
        ("Running time", f"{seconds:,.0f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"),
    ]
