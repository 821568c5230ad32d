"""First values of the mechanisms that are off by default, in runs that switch them on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agents import user_industry
from model.economy.centre_tables import by_region
from model.economy.power_market import GRIDS
from model.engine.draws import stream_key, uniforms
from model.engine.state import State
from model.parameters import Parameters


def prepare_mechanisms(state: State, cities: pd.DataFrame, parameters: Parameters, seed: int) -> None:
    """Write what training, chips, data, power and industries start from, where they are switched on."""
    table = state["cities"]
    if parameters.digital_divide:
        table["rural_share"] = by_region(cities, parameters, "rural_share")
    if parameters.data_exchange:
        province = pd.factorize(cities["province"])[0]
        table["treaty"] = province
        state.arrays["treaty_data"] = np.zeros(int(province.max(initial=0)) + 1)
    if parameters.chip_cutoff:
        state["kinds"]["chip_bound"] = (0.0, 1.0, 1.0)
    if parameters.power_market:
        _prepare_power(state, cities, parameters)
    if parameters.industries:
        _prepare_industries(state, seed)


def _prepare_power(state: State, cities: pd.DataFrame, parameters: Parameters) -> None:
    region = cities["region"].to_numpy()
    grid = np.where(region == "west", 2, np.where(region == "central", 1, 0))
    spilled = [getattr(parameters, f"curtailment_{name}") for name in GRIDS]
    state.arrays |= {
        "city_grid": grid.astype(np.int64),
        "city_power_price": by_region(cities, parameters, "electricity").astype(np.float64),
        "grid_curtailed": np.array(spilled, dtype=np.float64),
        "grid_load": np.zeros(len(GRIDS)),
        "grid_flexible": np.zeros(len(GRIDS)),
        "grid_other": np.zeros(len(GRIDS)),
    }


def _prepare_industries(state: State, seed: int) -> None:
    table, firms = state["industries"], state["firms"]
    table["intensity"], table["intelligence"] = user_industry.INTENSITY, user_industry.INTELLIGENCE
    table["consumers"] = user_industry.CONSUMERS
    draws = uniforms(stream_key(seed, "firms.industry", 0), np.arange(firms.rows))
    firms["industry"] = np.minimum(
        np.searchsorted(np.cumsum(user_industry.FIRMS), draws, side="right"),
        len(user_industry.INDUSTRIES) - 1,
    )
    state["services"]["usual_share"] = state["services"]["share"]
