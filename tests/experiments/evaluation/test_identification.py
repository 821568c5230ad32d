"""Panels that cannot tell an effect are refused; what a reader should know of others is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.evaluation.estimators.few_hosts import join_count
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.identification import refuse_unidentified, remarks_on
from experiments.evaluation.known_effect import known_panel, lot_panel
from model.files.user_tables import InputError


@pytest.fixture(scope="module")
def data() -> PanelData:
    return panel_data(known_panel(1, cities=20, years=6), "outcome", "centre", ("x1", "x2"))


def with_control(data: PanelData, column: np.ndarray) -> PanelData:
    return replace(
        data, controls=np.column_stack([data.controls, column]), control_names=(*data.control_names, "x3")
    )


def test_a_sound_panel_is_accepted_and_described(data: PanelData) -> None:
    refuse_unidentified(data, "centre")
    (size,) = remarks_on(data, "centre")
    assert size.startswith("120 rows, 20 cities, 2005 to 2010; centre begins or ends in ")


def test_a_control_that_is_the_treatment_is_refused(data: PanelData) -> None:
    treated = data.treatments[:, 0]
    for column in (treated, 3.0 - 2.0 * treated, treated + 7.0 * data.city + data.year):
        with pytest.raises(InputError, match="centre is fully determined by the control x3"):
            refuse_unidentified(with_control(data, column), "centre")
    mixed = with_control(data, treated - data.controls[:, 0])
    with pytest.raises(InputError, match="centre is fully determined by the 3 controls"):
        refuse_unidentified(mixed, "centre")


def test_an_outcome_that_never_changes_within_a_city_is_refused(data: PanelData) -> None:
    for outcome in (data.city * 1.7, data.city * 1.7 + data.year**2):
        with pytest.raises(InputError, match="outcome is the same in every year but for what all"):
            refuse_unidentified(replace(data, outcome=outcome), "centre")
    refuse_unidentified(replace(data, outcome=data.outcome * 1e-12), "centre")


def test_controls_that_change_nothing_and_few_treated_cities_are_told(data: PanelData) -> None:
    for column in (2.0 * data.controls[:, 0], np.full(data.rows, 4.5), data.controls.sum(axis=1) + 1.0):
        told = remarks_on(with_control(data, column), "centre")
        assert told[-1] == "control x3 repeats others or never changes: it explains nothing more"
    one = np.zeros((data.rows, 1))
    one[(data.city == 3) & (data.year > 2)] = 1.0
    told = remarks_on(replace(data, treatments=one), "centre")
    assert "centre begins or ends in 1 of them" in told[0]
    assert told[1].startswith("with 1 such city standard errors that assume many are too small")


def test_treated_cities_that_lie_together_are_told() -> None:
    frame = lot_panel(1, hosts=20, cities=80)
    lot = panel_data(frame, "outcome", "centre")
    assert len(remarks_on(lot, "centre")) == 1
    west = frame.drop_duplicates("city_id").nsmallest(20, "lon")["city_id"]
    near = frame.assign(centre=(frame["city_id"].isin(west) & (frame["year"] > 2010)).astype(float))
    told = remarks_on(panel_data(near, "outcome", "centre"), "centre")
    pairs = join_count(panel_data(near, "outcome", "centre")).pairs
    assert told[1].startswith(
        f"treated cities have {pairs} treated neighbours, 24 by lot (join count, p 0.001)"
    )
