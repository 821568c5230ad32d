"""Parameters that switch on every mechanism that is off by default and that one run can have."""

from __future__ import annotations

SWITCHED_ON: dict[str, float] = {
    "compute_efficiency": 2.0,
    "task_seeding": 0.5,
    "compute_synergy": 0.05,
    "physical_ai_pull": 0.5,
    "physical_ai_year": 2016,
    "digital_divide": 0.15,
    "training_lag": 8.0,
    "chip_cutoff": 2016.0,
    "data_exchange": 1,
    "data_barrier": 0.99,
    "treaty_barrier": 0.9,
    "department_barrier": 0.2,
    "power_market": 1,
    "certificate_quota": 0.6,
    "carbon_account": 1,
    "edge_ring": 1.0,
    "peak_load": 3.0,
    "industries": 1,
}
