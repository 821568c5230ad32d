"""Parameters that the preset ``uncertainty`` does not vary, although no published figure fixes them."""

from __future__ import annotations

import re

from model.parameters import parameter_rows

UNSOURCED = re.compile("judgement|calibrated|prototype|general knowledge")

_SIZE = "size of the run: results at other sizes are compared, not averaged"
_SCALED = "varied by capacity_scale, all kinds alike"
_TECHNIQUE = "read only if a new technique arrives (scenario paradigm)"
_BUILDING = "read only if centres are built in the run (building_slots)"
_CLOSED = "read only by the closed economy, which is compared with its theory"
_EXCHANGE = "read only if compute is traded on an exchange"
_INSTITUTION = "of an institution that is off by default (docs/explanation/source-documents.md)"
_OFF = "read only where a scenario switches its mechanism on, or without effect at its default"
_ACCOUNT = "counted for the report; no rule reads it"

FIXED: dict[str, str] = {
    "founders_per_firm": _SIZE,
    "burn_in": _SIZE,
    "experience_reach": _TECHNIQUE,
    "old_limit": _TECHNIQUE,
    "new_start": _TECHNIQUE,
    "new_limit": _TECHNIQUE,
    "learning_rate": _TECHNIQUE,
    "compute_learning": _TECHNIQUE,
    "experience_diffusion": _TECHNIQUE,
    "payback_horizon": _TECHNIQUE,
    "switching_cost": _TECHNIQUE,
    "technique_hazard": _TECHNIQUE,
    "technique_scale": _TECHNIQUE,
    "small_firm_size": "read only if vouchers are for small firms alone (voucher_small_firms)",
    "green_share_east": _ACCOUNT,
    "green_share_central": _ACCOUNT,
    "green_share_west": _ACCOUNT,
    "dedicated_gain": "read only by centres that are dedicated to one industry",
    "exchange_fee": _EXCHANGE,
    "ask_markup": _EXCHANGE,
    "capacity_basic": _SCALED,
    "capacity_intelligent": _SCALED,
    "capacity_super": _SCALED,
    "building_effort": _BUILDING,
    "forecast_weight": _BUILDING,
    "optimism": _BUILDING,
    "yardstick": _BUILDING,
    "smallest_centre": _BUILDING,
    "entrants_a_year": _BUILDING,
    "entry_hurdle": _BUILDING,
    "debt_limit": _BUILDING,
    "soft_budget": _BUILDING,
    "compute_efficiency": _OFF,
    "compute_synergy": _OFF,
    "task_seeding": _OFF,
    "physical_ai_pull": _OFF,
    "physical_ai_year": _OFF,
    "digital_divide": _OFF,
    "rural_access": _OFF,
    "rural_share_east": _OFF,
    "rural_share_central": _OFF,
    "rural_share_west": _OFF,
    "training_lag": _OFF,
    "training_effort": _OFF,
    "chip_imports": _OFF,
    "chip_penalty": _OFF,
    "chip_learning": _OFF,
    "data_barrier": _OFF,
    "treaty_barrier": _OFF,
    "data_rights": _OFF,
    "department_barrier": _OFF,
    "power_response": _OFF,
    "power_intensity": _OFF,
    "flexible_share": _OFF,
    "curtailment_east": _OFF,
    "curtailment_central": _OFF,
    "curtailment_west": _OFF,
    "curtailed_price": _OFF,
    "certificate_quota": _OFF,
    "green_certificate_price": _OFF,
    "embodied_emissions": _OFF,
    "peak_load": _OFF,
    "peak_correlation": _OFF,
    "peak_time": _OFF,
    "surge_price": _OFF,
    "cloud_reserve": _OFF,
    "consumer_haste": _OFF,
    "closed_capital_share": _CLOSED,
    "closed_compute_share": _CLOSED,
    "closed_service_compute": _CLOSED,
    "closed_compute_investment": _CLOSED,
    "closed_depreciation": _CLOSED,
    "closed_discount_rate": _CLOSED,
    "closed_risk_aversion": _CLOSED,
    "closed_productivity": _CLOSED,
    "closed_external_effect": _CLOSED,
    "closed_initial_rented": _CLOSED,
    "closed_initial_markup": _CLOSED,
    "closed_price_trial": _CLOSED,
    "closed_bid_adjustment": _CLOSED,
    "closed_arbitrage": _CLOSED,
    "closed_input_adjustment": _CLOSED,
    "closed_saving_adjustment": _CLOSED,
    "scheduler_balance": _INSTITUTION,
    "scheduler_skill": _INSTITUTION,
    "link_fill": _INSTITUTION,
    "link_cost": _INSTITUTION,
    "link_growth": _INSTITUTION,
    "platform_aim": _INSTITUTION,
    "platform_response": _INSTITUTION,
    "platform_cost": _INSTITUTION,
    "platform_listing": _INSTITUTION,
    "lender_capital": _INSTITUTION,
    "loan_share": _INSTITUTION,
    "loan_margin": _INSTITUTION,
    "loan_recovery": _INSTITUTION,
    "credit_slope": _INSTITUTION,
    "markup_limit": _INSTITUTION,
    "standard_effect": _INSTITUTION,
    "standard_cost": _INSTITUTION,
    "standard_hazard": _INSTITUTION,
    "construction_growth": _INSTITUTION,
    "construction_elasticity": _INSTITUTION,
    "tariff_floor": _INSTITUTION,
    "retail_service": _INSTITUTION,
    "tax_holiday": _INSTITUTION,
    "scheduler_error": _INSTITUTION,
    "carriage_fee": _INSTITUTION,
    "consulting": _INSTITUTION,
    "market_power": _INSTITUTION,
    "construction_capacity": _INSTITUTION,
    "retail_margin": _INSTITUTION,
    "lender_leverage": _INSTITUTION,
}
"""Name of a parameter → why it is not varied."""


def unsourced() -> list[str]:
    """Return the parameters whose source is a judgement, a calibration or general knowledge."""
    return [row["name"] for row in parameter_rows() if UNSOURCED.search(row["source"])]
