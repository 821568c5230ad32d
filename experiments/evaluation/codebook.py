"""The codebook of the panel: role, unit and meaning of every column."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pandas as pd

from experiments.measures.effect_tables import BANDS_KM
from experiments.measures.effect_tables import CHANNELS as SOURCE_CHANNELS
from experiments.measures.heterogeneity import SPLITS


@dataclass(frozen=True)
class CodebookColumn:
    """One column of the panel."""

    name: str
    role: str
    unit: str
    meaning: str


_EDGES = [int(edge) for edge in BANDS_KM[:-1]]
BANDS = {(low, high): f"centres_{high}km" for low, high in itertools.pairwise(_EDGES)}
"""Bands of distance, km: lower and upper edge → column that counts the other cities with a centre in it."""

_CHANNEL_COLUMNS = (
    "vitality",
    "talent_flow",
    "application",
    "government_attention",
    "property_rights",
    "data_agglomeration",
)
CHANNELS = {column: label for column, (label, *_) in zip(_CHANNEL_COLUMNS, SOURCE_CHANNELS, strict=True)}
"""The six channels of the source study (C1-C6): column and name."""

MODERATORS = {split.moderator: (split.label, -int(split.sign)) for split in SPLITS}
"""The six moderators (C7-C12): column, name, and the sign of low − high that the source study reports."""

FIXED_CONTROLS = ("log_population", "log_gdp_per_head", "capital", *MODERATORS)
CHANGING_CONTROLS = ("log_sales_before", "log_firms_before")

CODEBOOK = (
    CodebookColumn("city_id", "key", "", "city"),
    CodebookColumn("name_en", "label", "", "English name"),
    CodebookColumn("province", "label", "", "province"),
    CodebookColumn("region", "label", "", "region: east, central, west or northeast"),
    CodebookColumn("lon", "place", "degrees east", "longitude"),
    CodebookColumn("lat", "place", "degrees north", "latitude"),
    CodebookColumn("year", "key", "year", "year"),
    CodebookColumn(
        "innovations", "outcome", "innovations/year", "innovations of key digital technology that happened"
    ),
    CodebookColumn("log_innovations", "outcome", "log points", "ln(1 + innovations)"),
    CodebookColumn(
        "expected_innovations",
        "outcome",
        "innovations/year",
        "innovations expected given the state, without chance",
    ),
    CodebookColumn("log_expected_innovations", "outcome", "log points", "ln(1 + expected innovations)"),
    CodebookColumn(
        "innovation_gap",
        "outcome",
        "log points",
        "distance of ln(1 + innovations) from the mean of all cities in the year",
    ),
    CodebookColumn("real_gdp", "outcome", "money/year", "GDP of the city at prices of the base year"),
    CodebookColumn("log_real_gdp", "outcome", "log points", "ln of real GDP"),
    CodebookColumn("log_gdp_per_person", "outcome", "log points", "ln of real GDP over people of the year"),
    CodebookColumn("log_people", "outcome", "log points", "ln of people who live in the city"),
    CodebookColumn(
        "centre",
        "treatment",
        "0 or 1",
        "1 from the first year in which a centre of the city works for two quarters or more",
    ),
    CodebookColumn("opening_year", "treatment", "year", "the first such year; blank: none"),
    *(
        CodebookColumn(
            name, "exposure", "cities", f"other cities with a centre, from {low} to {high} km away"
        )
        for (low, high), name in BANDS.items()
    ),
    CodebookColumn(
        "log_compute_price", "market", "log points", "ln of the price that the city's firms pay for compute"
    ),
    CodebookColumn("vitality", "channel", "log points", "ln(1 + firms founded in the year)"),
    CodebookColumn("talent_flow", "channel", "log points", "ln of skilled people who work in the city"),
    CodebookColumn("application", "channel", "fraction", "share of firms that work with compute"),
    CodebookColumn("government_attention", "channel", "0-1", "government attention to digital innovation"),
    CodebookColumn("property_rights", "channel", "0-1", "protection of digital property rights"),
    CodebookColumn(
        "data_agglomeration", "channel", "log points", "ln of the data that a firm of the city can work with"
    ),
    CodebookColumn("business_environment", "moderator", "0-1", "how easy it is to found and run a firm"),
    CodebookColumn(
        "talent_density", "moderator", "log points", "ln of skilled people per resident in the first year"
    ),
    CodebookColumn(
        "market_potential",
        "moderator",
        "log points",
        "ln of the GDP of 2010 of all cities, each times exp(−distance / 500 km)",
    ),
    CodebookColumn("data_openness", "moderator", "0-1", "share of public data that is open"),
    CodebookColumn("redundancy", "moderator", "0-1", "bureaucratic redundancy"),
    CodebookColumn("fiscal_decentralisation", "moderator", "0-1", "share of local tax that the city keeps"),
    CodebookColumn("log_population", "control", "log points", "ln of people, 2010"),
    CodebookColumn("log_gdp_per_head", "control", "log points", "ln of GDP per head, 2010"),
    CodebookColumn("capital", "control", "0 or 1", "1 for the seat of a provincial government"),
    CodebookColumn(
        "log_sales_before",
        "control",
        "log points",
        "ln of sales of the year before (first year: its own); may answer to centres",
    ),
    CodebookColumn(
        "log_firms_before",
        "control",
        "log points",
        "ln(1 + firms) of the year before (first year: its own); may answer to centres",
    ),
)


def codebook() -> pd.DataFrame:
    """One row per column of the panel: name, role, unit, meaning."""
    return pd.DataFrame([vars(entry) for entry in CODEBOOK])
