"""Tables of convergence: of one panel, or of pairs of runs over seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.measures.beta_convergence import beta_convergence
from experiments.measures.catch_up import (
    CATCH_UP,
    LEAPFROG,
    UNDEFINED,
    Episode,
    city_classes,
    country_episode,
)
from experiments.measures.convergence_clubs import clubs, hp_trend, log_t
from experiments.measures.effect_tables import cities_by_band
from experiments.measures.inequality import atkinson, gini, p90_p10, sigma, theil_parts
from experiments.measures.leapfrogging import HOLD, MARGIN, excess_rate, leaps, strict_leapers
from experiments.measures.mobility import (
    CLASSES,
    RELATIVE_ENDS,
    ergodic,
    kendall,
    mean_rank_change,
    quantile_classes,
    relative_classes,
    shorrocks,
    spearman,
    transition_matrix,
)
from experiments.measures.panel_checks import Flags, Floats, check_lasting, checked_panel, measurable
from experiments.measures.spatial import morans_i, neighbours, zero_crossings
from experiments.measures.twin_pairs import Pair, finite_mean, mean_and_se
from model.country.city_tables import distances_km, nearest_distance_km

NEAR_KM = (0.0, 300.0)
CLUB_PERIODS = 8  # the log-t test needs as many
COLUMNS = ["name", "start", "end", "change", "unit"]
MetricRow = tuple[str, float, float, float, str]


@dataclass(frozen=True)
class ConvergenceOptions:
    """Options of the tables. margin (share) and hold (periods): of lasting overtakes.

    distances: (C, C), km, for Moran's I. null: (T, C), the null model. covariates: (C,) or (C, K), for
    conditional β. adopted: (C,), dates of first adoption. near_km: the band that makes cities neighbours.
    """

    margin: float = MARGIN
    hold: int = HOLD
    distances: Floats | None = None
    null: Floats | None = None
    covariates: Floats | None = None
    adopted: Floats | None = None
    near_km: tuple[float, float] = NEAR_KM


def convergence_table(
    values: ArrayLike,
    weights: ArrayLike | None,
    regions: ArrayLike,
    years: ArrayLike | None = None,
    setting: ConvergenceOptions | None = None,
) -> pd.DataFrame:
    """Return one row for each metric: name, start, end, change, unit. Definitions: docs/metrics.md.

    A measure of one period has its value in the first and the last one, and their difference; a measure of
    the whole time, such as β, has its value in `change` alone. Missing where it is not defined.

    values: (T, C), 0 or more, a row for each period. weights: (C,) or (T, C), people; None: all cities alike.
    regions: (C,), labels. years: (T,), the date of each row; 0, 1, … if not given. Cities without people or
    with a value of zero at the start are left out of what follows cities over time and are counted in the
    last row. Raises ValueError.
    """
    y, w = checked_panel(values, weights)
    how = setting or ConvergenceOptions()
    check_lasting(len(y), how.margin, how.hold)
    labels, dates = (
        np.asarray(regions),
        np.arange(len(y)) if years is None else np.asarray(years, dtype=float),
    )
    if labels.shape != (y.shape[1],) or dates.shape != (len(y),):
        raise ValueError(
            f"regions must have a label for each of {y.shape[1]} cities, years a date for each of {len(y)} "
            f"rows, not {labels.shape} and {dates.shape}"
        )
    followed = measurable(y, w)
    if followed.sum() < 2:
        raise ValueError(
            "convergence needs two cities with people in every period and a value above zero at the start"
        )
    rows = [
        *_levels(y, w, labels, how),
        *_growth(y, float(dates[-1] - dates[0]), how),
        *_order(y[:, followed]),
        *_long_run(y[:, followed]),
        *_leaps(y, followed, how),
        *_classes(y, w, how),
        *_clubs(y[:, followed]),
        ("cities left out (empty or zero at the start)", *_over(float((~followed).sum())), "cities"),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def convergence_over_seeds(
    found: list[Pair],
    cities: pd.DataFrame,
    measure: str = "real_gdp",
    per_head: bool = True,
    setting: ConvergenceOptions | None = None,
) -> pd.DataFrame:
    """Return the effect of centres on each metric: name, start, with, without, difference, se, seeds, unit.

    Within each seed the two runs of a pair are measured alike, and the run without centres is the null model
    of the one with them. `start` is that of the run without; with and without are the end, or the value over
    the whole time; the difference with − without and its standard error are taken over seeds. per_head:
    values over the people of the city and year, weighted by them (`Pair.people`); else totals, all cities
    alike. found: pairs, as `experiments.measures.twin_pairs.pairs` gives. measure: by default real GDP.
    """
    how = setting or ConvergenceOptions()
    tables = []
    for pair in found:
        both = panels_of(pair, measure, cities, per_head)
        control, region = both[1][0], cities["region"].to_numpy()
        tables.append(
            tuple(
                convergence_table(
                    y, weights, region, pair.years, ConvergenceOptions(**{**vars(how), "null": control})
                )
                for y, weights in both
            )
        )
    first = tables[0][0]
    rows = []
    for k, name in enumerate(first["name"]):
        ends = np.array([[_late(table, k) for table in both] for both in tables])
        starts = mean_and_se(both[1]["start"].iloc[k] for both in tables)
        difference = mean_and_se(ends[:, 0] - ends[:, 1])
        rows.append(
            {
                "name": name,
                "start": starts["mean"],
                "with": mean_and_se(ends[:, 0])["mean"],
                "without": mean_and_se(ends[:, 1])["mean"],
                "difference": difference["mean"],
                "se": difference["se"],
                "seeds": difference["seeds"],
                "unit": first["unit"].iloc[k],
            }
        )
    return pd.DataFrame(rows)


def episodes_over_seeds(
    found: list[Pair], cities: pd.DataFrame, measure: str = "real_gdp", per_head: bool = True
) -> pd.DataFrame:
    """Classify the episode of each seed's country: one row per seed and arm.

    The run without centres is the null model of both arms: only overtakes due to centres count as
    leapfrogging.
    Columns: seed, arm, kind, order (τ_b), excess_leaps, the fall of each dispersion (share), catching (share
    of people).
    """
    rows = []
    for pair in found:
        both = panels_of(pair, measure, cities, per_head)
        for arm, (y, weights) in zip(("with", "without"), both, strict=True):
            episode = country_episode(y, weights, cities["region"].to_numpy(), both[1][0])
            rows.append({"seed": pair.seed, "arm": arm, **_flat(episode)})
    return pd.DataFrame(rows)


def sign_changes(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Find where the effect on innovation of cities without a centre first changes sign, one row per seed.

    Columns: seed, km (distance to the nearest host, NaN if the sign is the same in all bands), from_sign (1
    or −1, sign in the nearest band that has cities; 0 if there is no effect). The bands are those of
    `experiments.measures.effect_tables`.
    """
    distances = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    rows = []
    for pair in found:
        if not len(pair.hosts):
            continue
        nearest, bands = nearest_distance_km(distances, pair.hosts), cities_by_band(pair, distances)
        km = [finite_mean(nearest[here]) for here in bands.values()]
        effect = np.array([pair.group_effect(here) for here in bands.values()])
        crossed = zero_crossings(km, effect)
        signs = np.sign(effect[np.isfinite(effect) & (effect != 0)])
        first = int(signs[0]) if len(signs) else 0
        rows.append({"seed": pair.seed, "km": crossed[0] if crossed else float("nan"), "from_sign": first})
    return pd.DataFrame(rows, columns=["seed", "km", "from_sign"])


def panels_of(
    pair: Pair, measure: str, cities: pd.DataFrame, per_head: bool
) -> list[tuple[Floats, Floats | None]]:
    """Return values and weights of a measure with and without centres, as ``panel_of``."""
    totals = (pair.with_centres[measure], pair.without[measure])
    people = pair.people(cities) if per_head else (None, None)
    return [panel_of(of_arm, heads) for of_arm, heads in zip(totals, people, strict=True)]


def panel_of(totals: Floats, people: Floats | None) -> tuple[Floats, Floats | None]:
    """Return values and weights of a measure (T, C): per head and people, or totals and None.

    A city without people has 0 per head and the weight 0.
    """
    if people is None:
        return totals, None
    inhabited = people > 0
    return np.where(inhabited, totals / np.where(inhabited, people, 1.0), 0.0), people


def _levels(y: Floats, w: Floats, regions: np.ndarray, how: ConvergenceOptions) -> Iterator[MetricRow]:
    def both(name: str, unit: str, first: float, last: float) -> MetricRow:
        return name, first, last, last - first, unit

    ends = ((y[0], w[0]), (y[-1], w[-1]))
    yield both("sigma", "log points", *(sigma(x[people > 0]) for x, people in ends))
    yield both("sigma, weighted", "log points", *(sigma(x, people) for x, people in ends))
    parts = [theil_parts(x, regions, people) for x, people in ends]
    for k, name in enumerate(("Theil", "Theil between regions", "Theil within regions")):
        yield both(name, "index", parts[0][k], parts[1][k])
    yield both("Gini", "index", *(gini(x, people) for x, people in ends))
    yield both("P90/P10", "ratio", *(p90_p10(x, people) for x, people in ends))
    yield both("Atkinson (0.5)", "index", *(atkinson(x, people) for x, people in ends))
    if how.distances is not None:
        near = neighbours(how.distances, *how.near_km)
        first, last = (morans_i(x, near) for x, _ in ends)
        band = f"{how.near_km[0]:g}-{how.near_km[1]:g} km"
        yield both(f"Moran's I, {band}", "index", first.i, last.i)
        yield both(f"Moran's I, {band}: p", "probability", first.p, last.p)


def _growth(y: Floats, years: float, how: ConvergenceOptions) -> Iterator[MetricRow]:
    absolute = beta_convergence(y[0], y[-1], years)
    found = [("absolute", absolute)]
    if how.covariates is not None:
        found.append(("conditional", beta_convergence(y[0], y[-1], years, how.covariates)))
    for kind, beta in found:
        yield f"beta, {kind}", *_over(beta.slope), "1/year"
        yield f"beta, {kind}: s.e.", *_over(beta.slope_se), "1/year"
        yield f"speed, {kind}", *_over(beta.speed), "1/year"
        yield f"half-life, {kind}", *_over(beta.half_life), "years"
        yield f"half-life, {kind}: s.e.", *_over(beta.half_life_se), "years"


def _order(y: Floats) -> Iterator[MetricRow]:
    yield "Kendall's tau-b", *_over(kendall(y[0], y[-1])), "correlation"
    yield "Spearman's rho", *_over(spearman(y[0], y[-1])), "correlation"
    yield "mean rank change", *_over(mean_rank_change(y[0], y[-1])), "places"
    classes = quantile_classes(y)
    whole = transition_matrix(classes[[0, -1]])
    each = transition_matrix(classes)
    yield "Shorrocks mobility, start to end", *_over(shorrocks(whole)), "index"
    yield "staying in a fifth, each period", *_over(float(np.trace(each) / CLASSES)), "fraction"


def _long_run(y: Floats) -> Iterator[MetricRow]:
    classes = relative_classes(y)
    last = len(RELATIVE_ENDS)
    long_run = ergodic(transition_matrix(classes, last + 1))
    names = {0: f"below {RELATIVE_ENDS[0]:g} of the mean", last: f"above {RELATIVE_ENDS[-1]:g} of the mean"}
    for k, name in names.items():
        first, final = (float(np.mean(classes[t] == k)) for t in (0, -1))
        yield f"cities {name}", first, final, final - first, "fraction"
        yield f"cities {name}, long run", *_over(float(long_run[k])), "fraction"


def _leaps(y: Floats, followed: Flags, how: ConvergenceOptions) -> Iterator[MetricRow]:
    lasting = {"margin": how.margin, "hold": how.hold}
    kinds = ["any", "strict"] + (["technological"] if how.adopted is not None else [])
    own = y[:, followed]
    adopted = None if how.adopted is None else how.adopted[followed]
    for kind in kinds:
        extra = {"adopted": adopted, **lasting}
        rate = leaps(own, kind, **extra).rate  # type: ignore[arg-type]
        yield f"leapfrog rate, {kind}", *_over(rate), "fraction of pairs"
        if how.null is not None:
            over = excess_rate(own, how.null[:, followed], kind, **extra)  # type: ignore[arg-type]
            yield f"leapfrog rate, {kind}, less null", *_over(over), "fraction of pairs"
    leapers = float(strict_leapers(own, how.margin, how.hold).sum())
    yield "cities from the bottom half to the top quarter", *_over(leapers), "cities"


def _classes(y: Floats, w: Floats, how: ConvergenceOptions) -> Iterator[MetricRow]:
    classes = city_classes(y, w, margin=how.margin, hold=how.hold)
    people = np.where(classes == UNDEFINED, 0.0, w[0])
    for kind in (CATCH_UP, LEAPFROG):
        share = people[classes == kind].sum() / people.sum() if people.sum() > 0 else float("nan")
        yield f"cities: {kind}", *_over(float((classes == kind).sum())), "cities"
        yield f"people in them: {kind}", *_over(float(share)), "fraction"


def _clubs(y: Floats) -> Iterator[MetricRow]:
    slope = t = count = outside = float("nan")
    if len(y) >= CLUB_PERIODS:
        trend = hp_trend(y)
        lasting = (trend > 0).all(axis=0)  # not so where a city loses all it has
        if lasting.sum() >= 2:
            test, member = log_t(trend[:, lasting]), clubs(trend)
            slope, t, count, outside = test.slope, test.t, float(member.max()), float((member == 0).sum())
    yield "log-t: b", *_over(slope), "coefficient"
    yield "log-t: t", *_over(t), "t statistic"
    yield "convergence clubs", *_over(count), "clubs"
    yield "cities in no club", *_over(outside), "cities"


def _over(value: float) -> tuple[float, float, float]:
    """Return a value of the whole period, without start and end."""
    return float("nan"), float("nan"), value


def _late(table: pd.DataFrame, row: int) -> float:
    level = not np.isnan(table["start"].iloc[row]) or not np.isnan(table["end"].iloc[row])
    return float(table["end" if level else "change"].iloc[row])


def _flat(episode: Episode) -> dict[str, object]:
    parts = dict(vars(episode))
    falls = parts.pop("falls")
    return {**parts, **{f"fall of {name}": fall for name, fall in falls.items()}}
