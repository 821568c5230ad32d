"""Economies of a validation, made up: years 2005 to 2030, figures as given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.validation.economy_run import EconomyRun

YEARS = np.arange(2005, 2031)


def economy(
    nation: Mapping[str, np.ndarray | float],
    figures: Mapping[str, float] | None = None,
    innovation: tuple[float, ...] = (1.0, 1.0),
    hosts: tuple[int, ...] = (0,),
    years: np.ndarray = YEARS,
) -> EconomyRun:
    """Return an economy whose figures of the nation are as given, constant where a number is given."""
    series = {
        name: np.broadcast_to(np.asarray(value, float), (len(years),)) for name, value in nation.items()
    }
    return EconomyRun(
        years, dict(series), dict(figures or {}), np.array(innovation), np.array(hosts, dtype=int)
    )
