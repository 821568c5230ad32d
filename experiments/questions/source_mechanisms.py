"""Effect of each mechanism of the source documents: its scenario against the same with the mechanism off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from experiments.ensemble.reduced_country import reduced_country
from experiments.questions.policies import POLICIES, arms_of
from experiments.study.study import Study
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

CITIES, FIRMS = 100, 3_000  # of the country of this study, as of the ensemble
# Scenario → the parameters that switch its mechanism on; what varies in time is always left out.
SWITCHES: dict[str, tuple[str, ...]] = dict.fromkeys(POLICIES, ()) | {
    "efficient_algorithms": (),
    "digital_countryside": (),
    "data_treaties": (),
    "chip_controls": ("chip_cutoff",),
    "physical_ai": ("physical_ai_pull",),
    "task_seeding": ("task_seeding",),
    "compute_synergy": ("compute_synergy",),
    "talent_training": ("training_lag",),
    "power_dispatch": ("power_market", "carbon_account"),
    "edge_centres": ("edge_ring",),
    "demand_peaks": ("peak_load",),
    "seven_industries": ("industries",),
    "dispatch": (),
    "network_builder": ("carriage_fee",),
    "rival_platforms": ("rival_platform",),
    "compute_lender": ("lender_leverage",),
    "consultants": ("consulting",),
    "market_power": ("market_power",),
    "regulated_market": ("regulator",),
    "open_standard": ("standard_year",),
    "construction_sector": ("construction_capacity",),
    "compute_tariff": ("tariff",),
    "compute_retail": ("retail_margin",),
    "builder_tax_relief": ("tax_relief",),
}
# Columns of the table in the terminal.
FINDINGS = ("hosts", "others", "near", "far", "gap", "use", "price", "concentration")


def arms(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Return two arms for each scenario: itself, and the same with its mechanism off."""
    found: dict[str, Scenario] = {}
    for one in scenarios:
        found |= arms_of(one, SWITCHES.get(one.name, ()))
    return found


def in_reduced_country(study: Study, scenarios: Sequence[Scenario]) -> Study:
    """Return the study in a country of fewer cities, with fewer firms unless the user chose a number."""
    given = study.parameters
    chosen = given.firms != Parameters.model_fields["firms"].default
    return replace(
        study,
        country=reduced_country(study.country, CITIES),
        parameters=given if chosen else given.changed(firms=FIRMS),
    )
