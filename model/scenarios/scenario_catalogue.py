"""The shipped scenarios, and how a scenario is found by its name or file."""

from __future__ import annotations

from collections.abc import Mapping

from agents.compute_provider import KINDS
from agents.firm import TIERS
from agents.suggestions import did_you_mean
from model.parameters import Parameters
from model.scenarios.parameter_paths import Dated, Ramp
from model.scenarios.scenario import Opening, Scenario, ScenarioError
from model.scenarios.scenario_file import read_scenario

# Centres serve their own city, cheap compute draws talent, goods and novelties travel far: nearby cities lose
# talent, distant ones gain from what the hosts find out. docs/decisions.md has what was tried.
SIPHON = {
    "final_trade_reach": 10_000.0,
    "intermediate_trade_reach": 20_000.0,
    "chain_reach": 0.0,
    "conversion_probability": 0.5,
    "conversion_wage": 1.0,
    "real_time_share_basic": 0.0,
    "real_time_share_intelligent": 0.0,
    "interoperability_friction": 1.0,
    "home_reach": 60.0,
    "home_premium": 30.0,
    "talent_mobility": 0.06,
    "wage_elasticity": 1.5,
    "compute_pull": 5.0,
}
# Common to the layouts: at most a hundred centres, half of their cost paid by the state.
BUILDING = {"building_slots": 100, "grant_rate": 0.5}
HUBS = {"hubs_only": 1, "grants_to_hubs": 1, "programme_share": 0.6}
# Compute in common units, measured in the same way everywhere [prototype: friction of 0.1 under trading].
EXCHANGE = {"exchange": 1, "interoperability_friction": 0.1}
TRAFFIC = {"traffic_basic": 30.0, "traffic_intelligent": 30.0, "traffic_super": 30.0}

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("actual", "the real centres open at their real dates", "actual"),
        Scenario("none", "no centre ever opens", "none"),
        Scenario(
            "random_hosts",
            "eight centres, each of all three kinds, in cities outside the core drawn for each seed",
            "random",
        ),
        Scenario(
            "paradigm",
            "a new technique that has to be learned arrives in 2012, while the real centres open",
            "actual",
            parameters={"paradigm_arrival": 2012.0},
        ),
        Scenario(
            "siphon",
            "the real centres, where talent follows compute and novelties travel: near cities lose, far ones "
            "gain",
            "actual",
            parameters=SIPHON,
        ),
        Scenario(
            "local_demand",
            "layout 1: cities and providers build where local industry asks; centres serve their own city",
            parameters={**BUILDING, "remote_access": 0},
        ),
        Scenario(
            "cross_region",
            "layout 2, East Data, West Computing: the state, cities and providers build in hub cities only, "
            "and all cities send them the work that may wait",
            parameters={**BUILDING, **HUBS},
        ),
        Scenario(
            "trading",
            "layout 3: centres where providers and cities want them, traded on a compute exchange",
            parameters={**BUILDING, **EXCHANGE},
        ),
        Scenario(
            "cross_region_trading",
            "layouts 2 and 3: centres only in hub cities, traded on a compute exchange",
            parameters={**BUILDING, **EXCHANGE, **HUBS},
        ),
        Scenario(
            "rich_sites_local",
            "twelve centres in the largest cities, for their own city alone",
            "richest",
            12,
            parameters={"remote_access": 0},
        ),
        Scenario(
            "poor_sites_local",
            "twelve centres in the poorest cities, for their own city alone",
            "poorest",
            12,
            parameters={"remote_access": 0},
        ),
        Scenario("rich_sites_network", "twelve centres in the largest cities, for all cities", "richest", 12),
        Scenario("poor_sites_network", "twelve centres in the poorest cities, for all cities", "poorest", 12),
        Scenario(
            "rich_sites_trading",
            "twelve centres in the largest cities, on a compute exchange",
            "richest",
            12,
            parameters=EXCHANGE,
        ),
        Scenario("hub_sites_network", "a centre in every hub city, for all cities", "hubs"),
        Scenario(
            "hub_sites_trading",
            "a centre in every hub city, on a compute exchange",
            "hubs",
            parameters=EXCHANGE,
        ),
        Scenario(
            "dedicated",
            "random hosts whose centres are dedicated to applications and manufacturing",
            "random",
            industry=TIERS[-1],
        ),
        Scenario(
            "flat_power",
            "random hosts with the eastern price of power everywhere",
            "random",
            parameters={"electricity_west": 0.57, "electricity_central": 0.57},
        ),
        Scenario(
            "no_vouchers", "the real centres, without vouchers", "actual", parameters={"voucher_effort": 0}
        ),
        Scenario(
            "vouchers_small_firms",
            "the real centres, vouchers for small firms alone",
            "actual",
            parameters={"voucher_small_firms": 1},
        ),
        Scenario(
            "vouchers_local_supply",
            "the real centres, vouchers for centres of the firm's own province alone",
            "actual",
            parameters={"voucher_local_supply": 1},
        ),
        Scenario(
            "policy_stages",
            "policy in three stages: grants from 2020, building in hubs alone from 2021Q2 with a state "
            "programme from 2022, vouchers from 2023 and common units of compute from 2024",
            parameters={"building_slots": 100, "voucher_effort": 0.0},
            varying={
                "grant_rate": Dated({"2020": 0.5}),
                "hubs_only": Dated({"2021Q2": 1.0}),
                "grants_to_hubs": Dated({"2021Q2": 1.0}),
                "programme_share": Dated({"2022": 0.6}),
                "voucher_effort": Dated({"2023": 0.02}),
                "interoperability_friction": Ramp(0.1, "2024", "2030"),
            },
        ),
        Scenario(
            "compute_registration",
            "the real centres; from 2024Q3 a platform registers and tests compute, and common units spread "
            "until 2030",
            "actual",
            varying={"interoperability_friction": Ramp(0.1, "2024Q3", "2030")},
        ),
        Scenario(
            "compute_agents",
            "the real centres; AI agents raise the weight of compute in research by a third from 2025 to "
            "2030",
            "actual",
            varying={"compute_weight": Ramp(0.4, "2025", "2030")},
        ),
        Scenario(
            "public_procurement",
            "the real centres; governments buy three times as much compute from 2024 to 2028",
            "actual",
            varying={"government_compute": Dated({"2024": 0.012, "2029": 0.004})},
        ),
        Scenario(
            "builder_finance",
            "centres are built everywhere; from 2022 subsidised loans cut the capital charge by a third",
            parameters=BUILDING,
            varying={"capital_charge": Dated({"2022": 0.04})},
        ),
        Scenario(
            "efficient_algorithms",
            "the real centres; from 2025 research does the same work with half of the compute",
            "actual",
            varying={"compute_efficiency": Dated({"2025": 2.0})},
        ),
        Scenario(
            "chip_controls",
            "the real centres; from 2022Q4 four tenths of advanced compute run on the best chips, the rest "
            "on domestic ones, which cost twice as much at first",
            "actual",
            parameters={"chip_cutoff": 2022.75},
        ),
        Scenario(
            "physical_ai",
            "the real centres; robots and vehicles raise the demand for intelligent compute from 2027",
            "actual",
            parameters={"physical_ai_pull": 0.5},
        ),
        Scenario(
            "compute_synergy",
            "the real centres; compute of a city makes its other capital work better",
            "actual",
            parameters={"compute_synergy": 0.05},
        ),
        Scenario(
            "task_seeding",
            "the real centres; firms start where tasks of other cities are computed",
            "actual",
            parameters={"task_seeding": 0.5},
        ),
        Scenario(
            "digital_countryside",
            "the real centres; access of the countryside, without which adoption is dear, spreads from 2015 "
            "to 2030",
            "actual",
            parameters={"digital_divide": 0.15},
            varying={"rural_access": Ramp(1.0, "2015", "2030")},
        ),
        Scenario(
            "talent_training",
            "the real centres; cities spend a fiftieth of their budgets on training, which takes four years",
            "actual",
            parameters={"training_lag": 16.0},
        ),
        Scenario(
            "data_treaties",
            "the real centres; from 2024 cities of a province share a tenth of their data, others a "
            "hundredth, where rights are protected, and departments open what they kept",
            "actual",
            parameters={"data_exchange": 1, "department_barrier": 0.3},
            varying={
                "treaty_barrier": Dated({"2024": 0.9}),
                "data_barrier": Dated({"2024": 0.99}),
                "department_barrier": Dated({"2024": 0.0}),
            },
        ),
        Scenario(
            "power_dispatch",
            "the real centres; power answers to load, flexible work uses curtailed wind and sun, and 80 % of "
            "power must be green from 2025; carbon is counted",
            "actual",
            parameters={"power_market": 1, "carbon_account": 1},
            varying={"certificate_quota": Dated({"2025": 0.8})},
        ),
        Scenario(
            "edge_centres",
            "the real centres, and small ones in forty more cities from 2022, for real-time work within 1 ms",
            "edge",
            40,
            "2022Q1",
            parameters={"edge_ring": 1.0},
        ),
        Scenario(
            "demand_peaks",
            "the real centres; in two days of a quarter the real-time work of a city is four times the mean",
            "actual",
            parameters={"peak_load": 3.0},
        ),
        Scenario(
            "seven_industries",
            "the real centres; firms belong to seven industries that differ in their compute",
            "actual",
            parameters={"industries": 1},
        ),
        Scenario(
            "dispatch",
            "the real centres; schedulers of compute learn to avoid nine tenths of their errors, 2024-28",
            "actual",
            parameters={"scheduler_error": 0.3},
            varying={"scheduler_skill": Ramp(0.9, "2024", "2028")},
        ),
        Scenario(
            "network_builder",
            "the real centres and thirty times the traffic; carriage is paid for, and widens links that fill",
            "actual",
            parameters={**TRAFFIC, "carriage_fee": 0.05},
        ),
        Scenario(
            "rival_platforms",
            "layout 3 with two exchanges that compete by fee and listing",
            parameters={**BUILDING, **EXCHANGE, "rival_platform": 1},
        ),
        Scenario(
            "compute_lender",
            "centres are built everywhere without grants; a lender with leverage gives credit to builders",
            parameters={"building_slots": 100, "lender_leverage": 8.0},
        ),
        Scenario(
            "consultants",
            "the real centres; consultants cut the cost of working with compute",
            "actual",
            parameters={"consulting": 0.1},
        ),
        Scenario(
            "market_power",
            "the real centres; the cheapest provider of a city takes most of the gap to the next best offer",
            "actual",
            parameters={"market_power": 0.9},
        ),
        Scenario(
            "regulated_market",
            "the same with a regulator, who acts where sales of centres are concentrated",
            "actual",
            parameters={"market_power": 0.9, "regulator": 1, "concentration_limit": 0.1},
        ),
        Scenario(
            "open_standard",
            "the real centres; common units of compute spread from 2024Q3 where joining pays",
            "actual",
            parameters={"standard_year": 2024.5},
        ),
        Scenario(
            "construction_sector",
            "centres are built everywhere by a construction sector with a capacity",
            parameters={**BUILDING, "construction_capacity": 0.1},
        ),
        Scenario(
            "compute_tariff",
            "the real centres; a regulated tariff in two parts recovers half of their capital cost",
            "actual",
            parameters={"tariff": 0.5},
        ),
        Scenario(
            "compute_retail",
            "the real centres; retailers pool what cities buy from distant centres, for a margin",
            "actual",
            parameters={"retail_margin": 0.1},
        ),
        Scenario(
            "builder_tax_relief",
            "centres are built without grants, also by providers who want no profit; cities spare them their "
            "share for five years",
            parameters={"building_slots": 100, "entry_hurdle": 0.0, "tax_relief": 1.0},
        ),
        Scenario(
            "closed_economy",
            "one city without trade: the growth model of document 003",
            parameters={"closed_economy": 1, "burn_in": 0},
            openings=(Opening("provider", 0, KINDS[0], 0),),
        ),
    )
}

# Scenarios of version 2 that are now part of every run.
FORMER = {
    "chain": "firms climb and fall between rungs of value added in every run: use actual",
    "observed_decade": "every run has the GDP and people of cities as observed in its base year: use actual",
}


def find_scenario(
    wanted: str | Scenario,
    known: Mapping[str, Scenario] = SCENARIOS,
    table: type[Parameters] = Parameters,
) -> Scenario:
    """Return the scenario of a name or of a ``.toml`` or ``.py`` file; a ``Scenario`` is returned as it is.

    Args:
        known: Scenarios by name; extensions add to them (``model.extensions.extended_model``).
        table: The parameters that a scenario may change; extensions add to them too.

    Raises:
        ScenarioError: no scenario has the name (the text gives the nearest), or the file is wrong.
    """
    if isinstance(wanted, Scenario):
        return wanted
    if str(wanted).endswith((".toml", ".py")):
        return read_scenario(wanted, table)
    if wanted in known:
        return known[wanted]
    if wanted in FORMER:
        raise ScenarioError(f"scenario {wanted} is gone: {FORMER[wanted]}")
    hint = did_you_mean(str(wanted), known, f"; there are {', '.join(known)}", cutoff=0.4)
    raise ScenarioError(f"there is no scenario {wanted!r}{hint}")
