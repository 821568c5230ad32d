"""The panel as a paper would have it: every column with its role, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class CodebookColumn:
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
        "innovations expected given the state: no luck in it",
    ),
    CodebookColumn("log_expected_innovations", "outcome", "log points", "ln(1 + expected innovations)"),
    CodebookColumn(
        "innovation_gap",
        "outcome",
        "log points",
        "distance of ln(1 + innovations) from the mean of all cities in the year",
    ),
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
