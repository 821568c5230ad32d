"""The report of a run: one HTML file that needs no other file and no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from scipy import stats

from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.results.write_results import Summary, centres_per_run
from model.parameters import Parameters, describe
from viz.figures.figure_style import write_figures
from viz.figures.run_figures import all_figures
from viz.number_text import NOT_AVAILABLE, estimate, number, verdict
from viz.reports.sentences import OVERTAKING, abstract, any_host, last_years, pairs_of

TEMPLATES = Path(__file__).parents[1] / "templates"
CENTRES_SHOWN = 60  # a longer table of centres is folded
RANKS_SHOWN = 15


def write_report(
    folder: Path,
    summary: Summary,
    tables: Mapping[str, pd.DataFrame],
    centres: pd.DataFrame | None = None,
) -> Path:
    """Write ``figures/*.png`` and ``report.html`` into a folder; return the path of the report."""
    images = read_images(write_figures(folder / "figures", all_figures(tables)))
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
    page = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return page.get_template("report.html.j2").render(
        summary=summary,
        abstract=abstract(summary, tables, count),
        facts=facts(summary, pairs, count),
        hosts=any_host(tables),
        years=last_years(summary),
        window=WINDOW_YEARS,
        overtaking=number(OVERTAKING, 0),
        pairs=pairs,
        chance=chance_beyond_two_errors(pairs),
        effects=estimates(tables["effects"], "group"),
        distance=distance_rows(tables["distance"]),
        channels=channel_rows(tables["channels"]),
        gap=estimates(tables["gap"], "index"),
        ranks=rank_rows(tables["ranks"]),
        strength=estimates(tables["host_strength"], "measure"),
        centres=centre_rows(centres, tables["cities"], summary["last_year"]),
        centres_shown=CENTRES_SHOWN,
        changed=parameter_rows(summary["parameters_changed"], summary),
        parameters=parameter_rows(summary["parameters"], summary),
        images={name: data_url(image) for name, image in images.items()},
    )


def read_images(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return the content of PNG files by figure: drawing them again would take as long as the runs."""
    return {path.stem: path.read_bytes() for path in paths}


def data_url(image: bytes) -> str:
    """Return a PNG file as a data: URL, for a page that loads nothing."""
    return "data:image/png;base64," + base64.b64encode(image).decode()


def chance_beyond_two_errors(pairs: int) -> str:
    """Return the probability, in %, that the mean lies beyond two standard errors if the effect is zero.

    It is the two-sided tail of Student's t with pairs − 1 degrees of freedom.
    """
    return number(200.0 * stats.t.sf(2.0, pairs - 1), 0) if pairs > 1 else NOT_AVAILABLE


def estimates(frame: pd.DataFrame, label: str) -> list[dict[str, str]]:
    """Return the rows of estimates that have a value: label, value, seeds and verdict."""
    if "mean" not in frame:
        return []
    return [
        {
            "label": str(row[label]),
            "value": estimate(row["mean"], row["se"]),
            "seeds": str(int(row["seeds"])),
            "words": verdict(row["mean"], row["se"]),
        }
        for _, row in frame.iterrows()
        if row["seeds"] > 0
    ]


def distance_rows(distance: pd.DataFrame) -> list[dict[str, str]]:
    """Return the distance bands with their number of cities."""
    counts = {str(row["band_km"]): number(row["cities"], 0) for _, row in distance.iterrows()}
    return [
        {**row, "label": row["label"].replace("-", "–"), "cities": counts[row["label"]]}
        for row in estimates(distance, "band_km")
    ]


def channel_rows(channels: pd.DataFrame) -> list[dict[str, str]]:
    """Return the channels with their units."""
    units = dict(zip(channels["channel"], channels["unit"], strict=True))
    return [{**row, "unit": str(units[row["label"]])} for row in estimates(channels, "channel")]


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
