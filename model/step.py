"""One quarter: the order of events. Read from top to bottom, this is the whole economy."""

from __future__ import annotations

from model.economy.centre_orders import (
    close_failed,
    decide_private,
    decide_programme,
    decide_public,
    look_around,
    place_orders,
    survey_sites,
)
from model.economy.closed_economy_markets import book_services, share_inputs
from model.economy.compute_delivery import bill_compute, carry_tasks, settle_centres
from model.economy.compute_exchange import clear_exchange, pay_fees
from model.economy.compute_tender import award_tender, open_tender, price_contracts
from model.economy.entry_exit import renew_firms
from model.economy.labour_market import move_talent
from model.economy.national_averages import national_means
from model.economy.product_market import clear_products
from model.economy.supply_chains import measure_chains, relate_rungs, rewire_partners, trace_chains
from model.economy.technique_diffusion import share_experience
from model.engine.events import for_each, procedure, unless

REGIONAL_QUARTER = (
    # ── Who is here ──────────────────────────────────────────────────────────────────────────────
    for_each("count the firms, and those that work with compute", "firms", where="alive",
         totals={"city_firms": "alive", "city_adopters": "adopter", "nation_firms": "alive"}),
    for_each("a city's share of adopters", "cities", "adoption_share"),
    # ── Compute market: contracts ────────────────────────────────────────────────────────────────
    for_each("centres open on their date; power is dearer in the east", "providers", "operating", "unit_cost"),
    for_each("each offers its kind of compute, for work that may wait and for work that may not", "offers",
         "gate_price", when="not exchange"),
    for_each("the network and the queue raise the price of a centre's compute", "city_offers",
         "overhead", "delivered_price", "tender_price", "suitable"),
    for_each("so does the distance to the commercial cloud", "city_services", "cloud_delivered_price"),
    for_each("centres ask", "providers", "ask", when="exchange"),
    for_each("and cities bid", "city_services", "bid", when="exchange"),
    procedure("a part of all contracts runs out and is tendered anew", open_tender),
    procedure("the exchange finds one price for each service", clear_exchange, when="exchange"),
    procedure("it goes to the cheapest free capacity, round by round", award_tender),
    procedure("the rest goes to the cloud; a kind's price is the mean over contracts", price_contracts),
    # ── Government ───────────────────────────────────────────────────────────────────────────────
    for_each("means of the city: budget, capacity, vouchers, permits, data", "cities",
         "budget", "fiscal_capacity", "voucher_rate", "voucher_relief", "compute_price", "permit_speed",
         "data"),
    # ── Techniques, if a new one may come ────────────────────────────────────────────────────────
    procedure("experience reaches other cities", share_experience, when="paradigm_arrival"),
    for_each("what the techniques yield in the city", "cities", "old_productivity", "new_productivity",
         when="paradigm_arrival"),
    for_each("and in the firm", "firms", "technique_quality", where="alive", when="paradigm_arrival"),
    # ── Product market ───────────────────────────────────────────────────────────────────────────
    for_each("how far goods travel from each city", "city_pairs", "final_reach", "intermediate_reach"),
    for_each("firms bring quality-weighted supply", "firms", "supply", where="alive",
         totals={"city_tier_supply": "supply"}),
    for_each("firms on a high rung buy less upstream and keep more value added", "firms",
         "purchase_factor", "value_factor", "purchases", where="alive",
         totals={"city_tier_purchases": "purchases"}, when="chain_leap"),
    for_each("so do the city's firms of a tier", "city_tiers", "purchase_ratio", when="chain_leap"),
    procedure("demand meets supply, from final goods up the chain", clear_products),
    # ── Research and innovation ──────────────────────────────────────────────────────────────────
    for_each("productivity of research in the city", "cities", "plain_productivity", "adopter_productivity"),
    for_each("cost of research with and without compute", "city_tiers",
         "mix_price", "basket_price", "plain_cost", "adopter_cost", "compute_share", "unaided_cost",
         "unaided_share"),
    for_each("what the partners achieved last quarter", "firms", "partner_innovation", where="alive"),
    for_each("firms sell, choose research budgets and innovate or not", "firms",
         "revenue", "digital_revenue", "eligible", "research_productivity", "research_cost",
         "research_spending", "compute_spending", "aided_spending", "labour_spending", "own_intensity",
         "conversion_intensity", "innovation_probability", "innovated", "quality", where="alive",
         totals={"city_revenue": "revenue", "city_digital_revenue": "digital_revenue",
                 "city_research_spending": "research_spending", "city_labour_demand": "labour_spending",
                 "city_tier_compute_spending": "compute_spending",
                 "city_tier_aided_spending": "aided_spending", "city_own_innovation": "own_intensity",
                 "city_conversion_innovation": "conversion_intensity",
                 "city_innovation": "innovation_probability", "city_realised_innovation": "innovated",
                 "nation_revenue": "revenue"}),
    # ── Accounts of chain and techniques ─────────────────────────────────────────────────────────
    for_each("value added of the city's firms", "firms", "weighted_sales", where="alive",
         totals={"city_weighted_sales": "weighted_sales"}, when="chain_leap"),
    procedure("its chains are traced through partners", trace_chains, when="chain_leap"),
    procedure("level, length, density and mode of the city's chain", measure_chains, when="chain_leap"),
    for_each("sales with the new technique", "firms", "new_revenue", where="alive",
         totals={"city_new_revenue": "new_revenue"}, when="paradigm_arrival"),
    # ── Compute market: use ──────────────────────────────────────────────────────────────────────
    procedure("research budgets and vouchers buy compute", bill_compute),
    procedure("tasks travel over the network to the centres; links bind", carry_tasks),
    procedure("centres deliver, are paid, and buy in what they cannot deliver", settle_centres),
    procedure("the exchange takes its fee", pay_fees, when="exchange"),
    for_each("centres move their prices towards the target utilisation", "providers", "price",
         when="not exchange"),
    for_each("their electricity, and how much of it is green", "providers", "power_use", "green_power"),
    # ── Talent ───────────────────────────────────────────────────────────────────────────────────
    for_each("wages answer payrolls", "cities", "wage", "attraction"),
    procedure("talent moves, held by home", move_talent),
    # ── Entry, exit, adoption ────────────────────────────────────────────────────────────────────
    procedure("national averages that firms and cities compare themselves with", national_means),
    for_each("firms take up or give up compute, close, or move", "firms",
         "adoption_gain", "adoption_cost", "adopter", "exiting", "relocating", "age", where="alive"),
    for_each("founders start firms at home", "firms", "entering", where="not alive"),
    procedure("closed rows become free, movers change city", renew_firms),
    # ── Rungs and techniques ─────────────────────────────────────────────────────────────────────
    procedure("how near a city's firms are to the rung above", relate_rungs, when="chain_leap"),
    for_each("firms climb a rung of value added or fall back", "firms",
         "climb_chance", "fall_chance", "climbed", "fell", "rung", "supplier_search", "customer_search",
         where="alive", totals={"city_climbs": "climbed", "city_falls": "fell"}, when="chain_leap"),
    procedure("who climbed may find better partners", rewire_partners, when="chain_leap"),
    for_each("firms compare techniques and may change", "firms", "technique_gain", "technique",
         where="alive", when="paradigm_arrival"),
    for_each("cities learn by doing", "cities",
         "technique_share", "old_experience", "new_experience", "new_since", when="paradigm_arrival"),
    # ── Slow answers ─────────────────────────────────────────────────────────────────────────────
    for_each("attention, property rights, digital administration and data follow", "cities",
         "attention", "ip_protection", "digital_governance", "data_stock",
         totals={"nation_budget": "budget"}),
    # ── Building of centres, once a year ─────────────────────────────────────────────────────────
    for_each("cities set money aside", "cities", "building_fund", when="building_slots"),
    for_each("centres earn the cost of their capital or fail", "providers", "equity", "failing",
         when="building_slots"),
    procedure("those that fail are shut", close_failed, when="building_slots"),
    procedure("cities see what they and similar ones have", look_around, every=4, when="building_slots"),
    for_each("and say what they want", "city_kinds", "forecast", "wish", every=4, when="building_slots"),
    procedure("providers survey sites", survey_sites, every=4, when="building_slots"),
    for_each("and reckon what they would earn", "city_kinds", "site_capacity", "site_return", every=4,
         when="building_slots"),
    procedure("the state orders centres in hubs", decide_programme, every=4, when="building_slots"),
    procedure("cities order centres", decide_public, every=4, when="building_slots"),
    procedure("so do providers", decide_private, every=4, when="building_slots"),
    procedure("orders become centres", place_orders, every=4, when="building_slots"),
)  # fmt: skip

# One city that trades with nobody (document 003): these take the place of all the others.
CLOSED = "closed_economy"
CLOSED_QUARTER = (
    # ── Compute services ─────────────────────────────────────────────────────────────────────────
    for_each("the provider posts its price", "providers", totals={"city_service_price": "service_price"},
         when=CLOSED),
    for_each("firms say what they would buy at that price and at two beside it", "firms",
         "services_wanted", "services_if_dearer", "services_if_cheaper", where="alive",
         totals={"city_services_wanted": "services_wanted", "city_services_if_dearer": "services_if_dearer",
                 "city_services_if_cheaper": "services_if_cheaper"}, when=CLOSED),
    for_each("the provider serves what its compute can make", "cities", "served_share", when=CLOSED),
    # ── Final good ───────────────────────────────────────────────────────────────────────────────
    for_each("firms produce, and pay for inputs what the last unit brings", "firms",
         "services_used", "output", "capital_bid", "compute_bid", "capital_income", "compute_income",
         where="alive",
         totals={"city_services_used": "services_used", "city_output": "output", "city_revenue": "output",
                 "city_capital_income": "capital_income", "city_compute_income": "compute_income"},
         when=CLOSED),
    for_each("rentals are what firms pay on the mean", "cities", "capital_rental", "direct_rental", when=CLOSED),
    # ── Groping ──────────────────────────────────────────────────────────────────────────────────
    for_each("firms ask for more of what brings them more than its rental", "firms",
         "capital_wanted", "compute_wanted", where="alive",
         totals={"city_capital_wanted": "capital_wanted", "city_compute_wanted": "compute_wanted"},
         when=CLOSED),
    procedure("the provider's books", book_services, when=CLOSED),
    for_each("the provider moves its price to where it would earn more, and bids for compute", "providers",
         "profit_if_dearer", "profit_if_cheaper", "price_stride", "service_price", "rental_bid",
         totals={"city_rental_bid": "rental_bid"}, when=CLOSED),
    # ── Households ───────────────────────────────────────────────────────────────────────────────
    for_each("households consume and invest; stocks grow; owners let compute to who pays more", "cities",
         "household_return", "desired_growth", "consumption", "investment", "wealth_growth",
         "consumption_share", "capital_stock", "compute_stock", "mean_compute",
         "rented_compute", "direct_compute", when=CLOSED),
    procedure("firms get the inputs that there are", share_inputs, when=CLOSED),
)  # fmt: skip

QUARTER = (*unless(CLOSED, REGIONAL_QUARTER), *CLOSED_QUARTER)
