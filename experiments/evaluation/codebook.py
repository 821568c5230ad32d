"""The panel as a paper would have it: every column with its role, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Entry:
    """One column of the panel."""

    name: str
    role: str
    unit: str
    meaning: str


# Upper edge of each band, km, and its column.
BANDS = {(0, 150): "centres_150km", (150, 300): "centres_300km", (300, 500): "centres_500km",
         (500, 750): "centres_750km", (750, 1000): "centres_1000km"}  # fmt: skip

CHANNELS = {
    "vitality": "digital innovation vitality",
    "talent_flow": "digital talent",
    "application": "technology application",
    "government_attention": "government attention",
    "property_rights": "property-right protection",
    "data_agglomeration": "data agglomeration",
}
"""The six channels of the seed paper (C1-C6): column and name."""

MODERATORS = {
    "business_environment": ("business environment", 1),
    "talent_density": ("sci-tech talent", 1),
    "market_potential": ("market potential", 1),
    "data_openness": ("public-data openness", 1),
    "redundancy": ("bureaucratic redundancy", -1),
    "fiscal_decentralisation": ("fiscal decentralisation", -1),
}
"""The six splits (C7-C12): column, name, and the sign of low − high that the seed paper reports."""

FIXED_CONTROLS = ("log_population", "log_gdp_per_head", "capital", *MODERATORS)
CHANGING_CONTROLS = ("log_sales_before", "log_firms_before")

CODEBOOK = (
    Entry("city_id", "key", "", "city"),
    Entry("name_en", "label", "", "English name"),
    Entry("province", "label", "", "province"),
    Entry("region", "label", "", "region: east, central, west or northeast"),
    Entry("lon", "place", "degrees east", "longitude"),
    Entry("lat", "place", "degrees north", "latitude"),
    Entry("year", "key", "year", "year"),
    Entry(
        "innovations", "outcome", "innovations/year", "innovations of key digital technology that happened"
    ),
    Entry("log_innovations", "outcome", "log points", "ln(1 + innovations)"),
    Entry(
        "expected_innovations",
        "outcome",
        "innovations/year",
        "innovations expected given the state: no luck in it",
    ),
    Entry("log_expected_innovations", "outcome", "log points", "ln(1 + expected innovations)"),
    Entry(
        "innovation_gap",
        "outcome",
        "log points",
        "distance of ln(1 + innovations) from the mean of all cities in the year",
    ),
    Entry(
        "centre",
        "treatment",
        "0 or 1",
        "1 from the first year in which a centre of the city works for two quarters or more",
    ),
    Entry("opening_year", "treatment", "year", "the first such year; blank: none"),
    *(
        Entry(name, "exposure", "cities", f"other cities with a centre, from {low} to {high} km away")
        for (low, high), name in BANDS.items()
    ),
    Entry("vitality", "channel", "log points", "ln(1 + firms founded in the year)"),
    Entry("talent_flow", "channel", "log points", "ln of skilled people who work in the city"),
    Entry("application", "channel", "fraction", "share of firms that work with compute"),
    Entry("government_attention", "channel", "0-1", "government attention to digital innovation"),
    Entry("property_rights", "channel", "0-1", "protection of digital property rights"),
    Entry(
        "data_agglomeration", "channel", "log points", "ln of the data that a firm of the city can work with"
    ),
    Entry("business_environment", "moderator", "0-1", "how easy it is to found and run a firm"),
    Entry("talent_density", "moderator", "log points", "ln of skilled people per resident in the first year"),
    Entry(
        "market_potential",
        "moderator",
        "log points",
        "ln of the GDP of 2010 of all cities, each times exp(−distance / 500 km)",
    ),
    Entry("data_openness", "moderator", "0-1", "share of public data that is open"),
    Entry("redundancy", "moderator", "0-1", "bureaucratic redundancy"),
    Entry("fiscal_decentralisation", "moderator", "0-1", "share of local tax that the city keeps"),
    Entry("log_population", "control", "log points", "ln of people, 2010"),
    Entry("log_gdp_per_head", "control", "log points", "ln of GDP per head, 2010"),
    Entry("capital", "control", "0 or 1", "1 for the seat of a provincial government"),
    Entry(
        "log_sales_before",
        "control",
        "log points",
        "ln of sales of the year before (first year: its own); may answer to centres",
    ),
    Entry(
        "log_firms_before",
        "control",
        "log points",
        "ln(1 + firms) of the year before (first year: its own); may answer to centres",
    ),
)


def codebook() -> pd.DataFrame:
    """One row per column of the panel: name, role, unit, meaning."""
    return pd.DataFrame([vars(entry) for entry in CODEBOOK])
