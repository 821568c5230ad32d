"""The tables of a paper, row by row, from panels and truths by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation import paper_tables
from experiments.evaluation.codebook import BANDS
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.paper_tables import PanelWithRoles, row_of
from experiments.evaluation.true_effects import TrueEffects
from model.files.user_tables import InputError
from tests.support.city_panels import made_up

CITIES, YEARS = 12, 8
OPENINGS = {0: 3, 1: 4, 2: 5}
pytestmark = pytest.mark.usefixtures("quick_learners")


def truth() -> TrueEffects:
    """Centres of the openings; the total effect grows with the city's number, the own one is half of it."""
    treated = np.zeros((YEARS, CITIES), dtype=bool)
    for city, year in OPENINGS.items():
        treated[year:, city] = True
    total = np.where(treated, 1.0 + np.arange(CITIES), 0.0)
    own = {city: {"outcome": total / 2.0} for city in (0, 2)}
    far = np.full((CITIES, CITIES), 200.0)
    return TrueEffects(treated, far, {"outcome": total, "innovation_gap": total}, own)


def subject(known: bool = True, **changes: object) -> PanelWithRoles:
    panel = made_up(OPENINGS, CITIES, YEARS)
    panel.attrs["city_order"] = list(range(CITIES))
    roles = {"controls": (), "channels": {}, "moderators": {"trait": "trait"}, "bands": ()}
    return PanelWithRoles(
        panel, "outcome", **{**roles, "truth": truth() if known else None, "learner": "lasso", **changes}
    )  # type: ignore[arg-type]


def test_a_row_has_an_estimate_its_interval_and_what_is_added() -> None:
    found = fixed_effects(subject().panel, "outcome")
    row = row_of("baseline", "one", found, own=0.5)
    assert (row["table"], row["item"], row["own"]) == ("baseline", "one", 0.5)
    assert row["estimate"] == found.params["centre"]
    low, high = found.conf_int().loc["centre"]
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))


def test_the_baseline_compares_designs_with_the_same_truth() -> None:
    rows = {row["item"]: row for row in paper_tables.baseline(subject())}
    assert next(iter(rows)) == "double ML"
    total = np.average([1.0, 2.0, 3.0], weights=[YEARS - year for year in OPENINGS.values()])
    own = np.average([0.5, 1.5], weights=[YEARS - OPENINGS[0], YEARS - OPENINGS[2]])
    for row in rows.values():
        if "note" not in row:
            assert (row["total"], row["own"]) == (pytest.approx(total), pytest.approx(own))
    assert rows["two-way fixed effects"]["estimate"] == pytest.approx(
        fixed_effects(subject().panel, "outcome").params["centre"]
    )
    assert "total" not in next(iter(paper_tables.baseline(subject(known=False))))


def test_an_estimator_that_cannot_use_the_panel_has_a_note() -> None:
    def refuse() -> None:
        raise InputError(["too few cities"])

    (row,) = paper_tables._answered("baseline", {"one": refuse}, {"own": 1.0})
    assert row == {"table": "baseline", "item": "one", "note": "too few cities"}


def test_halves_of_a_split_have_truths_of_their_own() -> None:
    rows = {str(row["item"]).removeprefix("trait: "): row for row in paper_tables.heterogeneity(subject())}
    assert list(rows) == ["low half", "high half", "low − high", "slope per s.d."]
    # The trait is the city's number modulo three: cities 0 and 1 are in the low half, 2 in the high one.
    low = np.average([1.0, 2.0], weights=[YEARS - OPENINGS[0], YEARS - OPENINGS[1]])
    assert rows["low half"]["total"] == pytest.approx(low)
    assert rows["high half"]["total"] == pytest.approx(3.0)
    assert rows["low − high"]["total"] == pytest.approx(low - 3.0)
    deviation = np.std(np.arange(CITIES) % 3)
    assert rows["slope per s.d."]["total"] == pytest.approx(deviation)  # one more for each unit of the trait
    unknown = list(paper_tables.heterogeneity(subject(known=False)))
    assert all("total" not in row for row in unknown)


def test_without_channels_or_bands_there_are_no_rows() -> None:
    assert list(paper_tables.channels(subject())) == []
    assert list(paper_tables.bands(subject())) == []


def test_a_band_is_told_by_its_distance_and_has_its_truth() -> None:
    (low, high), name = next((limits, name) for limits, name in BANDS.items() if limits[0] <= 200 < limits[1])
    panel = made_up(OPENINGS, CITIES, YEARS)
    rng = np.random.default_rng(4)
    panel = panel.assign(**{name: rng.integers(0, 3, len(panel)).astype(float)})
    panel.attrs["city_order"] = list(range(CITIES))
    own, other = paper_tables.bands(PanelWithRoles(panel, "outcome", (), {}, {}, (name,), truth(), "lasso"))
    assert own["item"] == "own centre"
    assert other["item"] == f"a centre {low}–{high} km away"
    assert other["own"] == pytest.approx(truth().by_band("outcome")[name])


def test_the_gap_is_the_distance_from_the_mean_of_all_cities() -> None:
    (row,) = paper_tables.gap(subject())
    assert "total" not in row  # the truth is known for the default outcome alone
    mean = subject().panel.groupby("year")["outcome"].transform("mean")
    panel = subject().panel.assign(gap=(subject().panel["outcome"] - mean).abs())
    wanted = paper_tables.double_ml(panel, "gap", settings=subject().quick_settings)
    assert row["estimate"] == pytest.approx(wanted.params["centre"])


def test_effects_by_age_are_compared_with_the_truth_of_that_age() -> None:
    rows = {int(str(row["item"])): row for row in paper_tables.event_rows(subject())}
    for age in (0, 1, max(rows)):
        sizes = [1.0 + city for city, year in OPENINGS.items() if year + age < YEARS]
        assert rows[age]["total"] == pytest.approx(np.mean(sizes))
    assert all(rows[age]["total"] == 0.0 for age in rows if age < 0)


def test_samples_without_capitals_or_extremes_need_hosts_and_cities() -> None:
    """A sample without a centre, or of fewer than twenty cities, is no row."""
    assert paper_tables._samples(subject()) == {}
    panel = made_up({0: 3, 1: 4, 24: 5}, 120, YEARS)
    panel["capital"] = (panel["city_id"] == 1).astype(float)
    found = paper_tables._samples(PanelWithRoles(panel, "outcome", (), {}, {}, ()))
    without = panel[found["sample: without provincial capitals"]]
    assert 1 not in set(without["city_id"])
    assert without["city_id"].nunique() == 119
    (other,) = (rows for name, rows in found.items() if "capitals" not in name)
    assert panel.loc[other, "city_id"].nunique() == 116  # two cities at either end


def test_the_shape_of_the_panel_is_left_as_it_was() -> None:
    one = subject()
    before = one.panel.copy()
    list(paper_tables.baseline(one))
    list(paper_tables.gap(one))
    pd.testing.assert_frame_equal(one.panel, before)
