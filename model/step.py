"""One quarter: the order of events. Read from top to bottom, this is the whole economy.

A rule is named by its file in ``agents`` (``firm.revenue``), a procedure by its file in ``model/economy``.
"""

from __future__ import annotations

from agents import (
    centre_carbon,
    centre_investment,
    centre_solvency,
    chips,
    city_income,
    closed_economy,
    firm,
    innovation,
    research_cost,
    talent_training,
    technique,
    user_industry,
    value_chain,
    wages,
)
from agents import city_government as city
from agents import compute_provider as provider
from model.economy import (
    base_year,
    centre_bankruptcy,
    centre_orders,
    centre_tables,
    closed_economy_markets,
    compute_delivery,
    compute_exchange,
    compute_tender,
    data_exchange,
    entry_exit,
    labour_market,
    national_averages,
    peak_pooling,
    power_market,
    product_market,
    site_survey,
    supply_chains,
    technique_diffusion,
)
from model.engine.events import for_each, procedure, unless

REGIONAL_QUARTER = (
    # ── Calendar and population ──────────────────────────────────────────────────────────────────
    for_each("techniques of 2012 and 2022 raise the demand for intelligent compute", "nation",
        technique.intelligent_pull),
    for_each("mix of compute kinds", "tiers",
        research_cost.weight_intelligent, research_cost.weight_super, research_cost.weight_basic),
    for_each("cities count their use of each kind", "city_kinds", totals={"kind_use": "demand"},
        when="chip_cutoff"),
    for_each("the best chips are scarce; domestic ones get better with use", "kinds",
        chips.cutoff_use, chips.domestic_volume, chips.chip_factor, when="chip_cutoff"),
    for_each("progress makes compute cheaper; the cloud builds, and is dear where it is scarce", "kinds",
        provider.cost_level, provider.standard_capacity, provider.cloud_capacity, provider.cloud_price),
    for_each("users of the internet cannot wait, industry can", "services",
        user_industry.share, when="industries"),
    for_each("list prices of the cloud, and traffic of remote work", "services",
        provider.list_price, provider.traffic),
    for_each("cities count their firms and those that work with compute", "firms", where="alive",
        totals={"city_firms": "alive", "city_adopters": "adopter", "nation_firms": "alive"}),
    for_each("the share of adopters in each city", "cities", city.adoption_share),

    # ── Compute market: contracts ────────────────────────────────────────────────────────────────
    procedure("centres are built out", centre_tables.build_out_centres),
    for_each("centres open on their date; their cost depends on the local price of power", "providers",
        provider.operating, provider.unit_cost, provider.capacity, provider.capital_cost),
    for_each("providers offer compute for batch and for real-time work at their posted price", "offers",
        provider.gate_price, when="not exchange"),
    for_each("network and queue raise the price of a centre's compute", "city_offers",
        provider.overhead, provider.delivered_price, provider.tender_price, provider.suitable),
    for_each("distance raises the price of the commercial cloud", "city_services",
        provider.cloud_delivered_price),
    for_each("providers ask", "providers", provider.ask, when="exchange"),
    for_each("cities bid", "city_services", provider.bid, when="exchange"),
    procedure("part of all contracts runs out and is tendered", compute_tender.open_tender),
    procedure("the exchange finds one price for each service", compute_exchange.clear_exchange,
        when="exchange"),
    procedure("contracts go to the cheapest free capacity, round by round", compute_tender.award_tender),
    procedure("the cloud takes the rest; the price of a kind is the mean over contracts",
        compute_tender.price_contracts),

    # ── Data of other cities ─────────────────────────────────────────────────────────────────────
    procedure("cities share data, as far as barriers and rights allow", data_exchange.exchange_data,
        when="data_exchange"),

    # ── City governments ─────────────────────────────────────────────────────────────────────────
    for_each("budget, capacity, vouchers, compute price, permits and data of the city", "cities",
        city.budget, city.fiscal_capacity, city.government_bill, city.voucher_rate, city.voucher_relief,
        city.compute_price, city.permit_speed, city.data),

    # ── Techniques, in runs in which a new one may arrive ────────────────────────────────────────
    procedure("experience spreads between cities", technique_diffusion.share_experience,
        when="paradigm_arrival"),
    for_each("productivity of each technique in the city", "cities",
        technique.old_productivity, technique.new_productivity, when="paradigm_arrival"),
    for_each("productivity of the technique that the firm uses", "firms",
        technique.technique_quality, where="alive", when="paradigm_arrival"),

    # ── Product market ───────────────────────────────────────────────────────────────────────────
    for_each("how far goods travel from each city", "city_pairs", firm.final_reach, firm.intermediate_reach),
    for_each("firms offer quality-weighted supply", "firms", firm.supply, where="alive",
        totals={"city_tier_supply": "supply", "nation_supply": "supply", "nation_quality": "quality"}),
    for_each("firms on a high rung buy less upstream and keep more value added", "firms",
        value_chain.purchase_factor, value_chain.value_factor, value_chain.purchases, where="alive",
        totals={"city_tier_purchases": "purchases"}, when="chain_leap"),
    for_each("purchases of the city's firms of a tier, to their supply", "city_tiers",
        value_chain.purchase_ratio, when="chain_leap"),
    procedure("in the burn-in: productivities at which every city has its GDP of the base year",
        base_year.recover_productivity),
    procedure("demand meets supply, from final goods up the chain", product_market.clear_products),

    # ── Research and innovation ──────────────────────────────────────────────────────────────────
    for_each("productivity of research in the city", "cities",
        city.research_advantage, city.plain_productivity, city.adopter_productivity, city.conversion_ease),
    for_each("cost of research with and without compute", "city_tiers",
        research_cost.mix_price, research_cost.basket_price, research_cost.plain_cost,
        research_cost.adopter_cost, research_cost.compute_share, research_cost.unaided_cost,
        research_cost.unaided_share),
    for_each("innovation of the firm's partners in the last quarter", "firms",
        innovation.partner_innovation, where="alive"),
    for_each("firms sell, choose research budgets and innovate or not", "firms",
        firm.revenue, firm.digital_revenue, firm.lines, firm.value_added, innovation.eligible,
        innovation.research_productivity, innovation.research_cost, innovation.research_spending,
        innovation.compute_spending, innovation.aided_spending, innovation.labour_spending, firm.profit,
        innovation.own_intensity, innovation.conversion_intensity, innovation.innovation_probability,
        innovation.innovated, innovation.own_innovations, innovation.converted_innovations,
        innovation.innovations, innovation.realised_innovations, innovation.quality, where="alive",
        totals={"city_revenue": "revenue", "city_digital_revenue": "digital_revenue",
                "city_research_spending": "research_spending", "city_labour_demand": "labour_spending",
                "city_tier_compute_spending": "compute_spending",
                "city_tier_aided_spending": "aided_spending", "city_own_innovation": "own_innovations",
                "city_conversion_innovation": "converted_innovations", "city_innovation": "innovations",
                "city_realised_innovation": "realised_innovations", "nation_revenue": "revenue",
                "nation_innovation": "innovations",
                "city_firm_value_added": "value_added", "home_owner_income": "profit"}),

    # ── Accounts of chain and techniques ─────────────────────────────────────────────────────────
    for_each("value added of the city's firms", "firms", value_chain.weighted_sales, where="alive",
        totals={"city_weighted_sales": "weighted_sales"}, when="chain_leap"),
    procedure("each city's chains are traced through partners", supply_chains.trace_chains,
        when="chain_leap"),
    procedure("level, length, density and mode of the city's chain", supply_chains.measure_chains,
        when="chain_leap"),
    for_each("sales with the new technique", "firms", technique.new_revenue, where="alive",
        totals={"city_new_revenue": "new_revenue"}, when="paradigm_arrival"),

    # ── Users of compute, in runs with industries ────────────────────────────────────────────────
    for_each("industries differ in whom they serve and in their mix of compute", "firms",
        user_industry.consumer_spending, user_industry.tilted_spending, where="alive",
        totals={"nation_consumer_spending": "consumer_spending", "nation_firm_compute": "compute_spending",
                "city_tier_tilted_spending": "tilted_spending"}, when="industries"),
    for_each("intelligent compute in the bill of the city's firms of a tier", "city_tiers",
        user_industry.intelligent_tilt, when="industries"),

    # ── Compute market: use ──────────────────────────────────────────────────────────────────────
    procedure("research budgets and vouchers buy compute", compute_delivery.bill_compute),
    procedure("use of each kind of compute", compute_delivery.count_kinds),
    # ── Incomes ──────────────────────────────────────────────────────────────────────────────────
    procedure("what the quarter's goods, services and compute were bought with",
        national_averages.national_expenditure),
    for_each("services are sold and taxes paid", "cities",
        city_income.services, city_income.gdp, city_income.central_tax,
        totals={"nation_central_tax": "central_tax"}),
    for_each("incomes are earned, and spent in the next quarter", "cities",
        city_income.transfer, city_income.income, city_income.spending, city_income.labour_wage,
        city_income.price_level, city_income.crowding),
    procedure("national product and income", national_averages.national_accounts),
    for_each("output at prices of the base year", "cities", city_income.real_gdp),

    # ── Compute market: delivery ─────────────────────────────────────────────────────────────────
    procedure("tasks travel over the network to the centres, as far as its links can carry them",
        compute_delivery.carry_tasks),
    procedure("peaks of many cities pool in a centre", peak_pooling.pool_peaks, when="peak_load"),
    procedure("centres deliver; providers are paid, and buy in what their centres cannot deliver",
        compute_delivery.deliver_and_pay),
    procedure("the exchange takes its fee", compute_exchange.pay_fees, when="exchange"),
    for_each("providers move their prices towards the target utilisation", "providers", provider.price,
        when="not exchange"),
    for_each("electricity of the centres, and how much of it is green", "providers",
        provider.power_use, provider.green_power),
    procedure("grids move the price of power; flexible work uses curtailed wind and sun",
        power_market.dispatch_power, when="power_market"),
    for_each("carbon of the power, the servers and the buildings of centres", "providers",
        centre_carbon.operating_carbon, centre_carbon.embodied_carbon,
        totals={"city_operating_carbon": "operating_carbon", "city_embodied_carbon": "embodied_carbon"},
        when="carbon_account"),

    # ── Talent ───────────────────────────────────────────────────────────────────────────────────
    for_each("cities train talent", "cities", talent_training.graduates, talent_training.students,
        when="training_lag"),
    procedure("graduates find a home", labour_market.settle_graduates, when="training_lag"),
    for_each("wages follow payrolls", "cities", wages.wage, wages.attraction),
    for_each("income, rents and amenities attract people", "cities", city_income.people_attraction),
    procedure("in the burn-in: amenities and research conditions of the base year",
        base_year.recover_amenities),
    procedure("in the burn-in: research conditions, from patents", base_year.recover_research),
    procedure("talent moves, held back by ties to home", labour_market.move_talent),
    procedure("people move", labour_market.move_people),

    # ── Entry, exit, adoption ────────────────────────────────────────────────────────────────────
    procedure("national averages, with which firms and cities compare themselves",
        national_averages.national_means),
    for_each("firms adopt or abandon compute, close, or move", "firms",
        firm.adoption_gain, firm.adoption_cost, firm.adopter, firm.exiting, firm.relocating, firm.age,
        where="alive"),
    for_each("founders start firms at home", "firms", firm.entering, where="not alive"),
    procedure("rows of closed firms become free; movers change city", entry_exit.renew_firms),

    # ── Rungs and techniques ─────────────────────────────────────────────────────────────────────
    procedure("how near a city's firms are to the rung above", supply_chains.relate_rungs,
        when="chain_leap"),
    for_each("firms climb a rung of value added or fall back", "firms",
        value_chain.climb_chance, value_chain.fall_chance, value_chain.climbed, value_chain.fell,
        value_chain.rung, value_chain.supplier_search, value_chain.customer_search, where="alive",
        totals={"city_climbs": "climbed", "city_falls": "fell"}, when="chain_leap"),
    procedure("firms that climbed may find better partners", supply_chains.rewire_partners,
        when="chain_leap"),
    for_each("firms compare techniques and may change", "firms",
        technique.technique_gain, technique.technique, where="alive", when="paradigm_arrival"),
    for_each("cities learn by doing", "cities",
        technique.technique_share, technique.old_experience, technique.new_experience,
        technique.new_since, when="paradigm_arrival"),

    # ── Slow adjustment of institutions ──────────────────────────────────────────────────────────
    for_each("attention, property rights, digital administration and data adjust", "cities",
        city.attention, city.ip_protection, city.digital_governance, city.data_stock,
        totals={"nation_budget": "budget"}),

    # ── Building of centres, decided once a year ─────────────────────────────────────────────────
    for_each("cities set money aside for centres", "cities", centre_investment.building_fund,
        when="building_slots"),
    for_each("providers earn the cost of their capital or fail", "providers",
        centre_solvency.equity, centre_solvency.failing, when="building_slots"),
    procedure("centres of bankrupt providers close", centre_bankruptcy.close_bankrupt_centres,
        when="building_slots"),
    procedure("cities compare their capacity with that of similar cities", site_survey.compare_with_peers,
        every=4, when="building_slots"),
    for_each("cities forecast demand and state the capacity that they want", "city_kinds",
        centre_investment.forecast, centre_investment.wish, every=4, when="building_slots"),
    procedure("providers survey sites", site_survey.survey_sites, every=4, when="building_slots"),
    for_each("providers estimate the return of each site", "city_kinds",
        centre_investment.site_capacity, centre_investment.site_return, every=4, when="building_slots"),
    procedure("the state orders centres in hubs", centre_orders.order_programme_centres, every=4,
        when="building_slots"),
    procedure("cities order centres", centre_orders.order_public_centres, every=4, when="building_slots"),
    procedure("providers order centres", centre_orders.order_private_centres, every=4, when="building_slots"),
    procedure("orders become centres", centre_orders.place_orders, every=4, when="building_slots"),
)  # fmt: skip

# One city without trade (document 003): these events replace all others.
CLOSED = "closed_economy"
CLOSED_QUARTER = (
    # ── Compute services ─────────────────────────────────────────────────────────────────────────
    for_each("the provider posts its price", "providers", totals={"city_service_price": "service_price"},
        when=CLOSED),
    for_each("firms state their demand at that price, at a higher and at a lower one", "firms",
        closed_economy.services_wanted, closed_economy.services_if_dearer,
        closed_economy.services_if_cheaper, where="alive",
        totals={"city_services_wanted": "services_wanted", "city_services_if_dearer": "services_if_dearer",
                "city_services_if_cheaper": "services_if_cheaper"}, when=CLOSED),
    for_each("the provider serves what its compute can make", "cities", closed_economy.served_share,
        when=CLOSED),

    # ── Final good ───────────────────────────────────────────────────────────────────────────────
    for_each("firms produce and pay each input its marginal product", "firms",
        closed_economy.services_used, closed_economy.output, closed_economy.capital_bid,
        closed_economy.compute_bid, closed_economy.capital_income, closed_economy.compute_income,
        where="alive",
        totals={"city_services_used": "services_used", "city_output": "output", "city_revenue": "output",
                "city_capital_income": "capital_income", "city_compute_income": "compute_income"},
        when=CLOSED),
    for_each("rentals are the mean payments of firms", "cities",
        closed_economy.capital_rental, closed_economy.direct_rental, when=CLOSED),

    # ── Adjustment of demand and price ───────────────────────────────────────────────────────────
    for_each("firms ask for more of an input that earns more than its rental", "firms",
        closed_economy.capital_wanted, closed_economy.compute_wanted, where="alive",
        totals={"city_capital_wanted": "capital_wanted", "city_compute_wanted": "compute_wanted"},
        when=CLOSED),
    procedure("the provider's books", closed_economy_markets.book_services, when=CLOSED),
    for_each("the provider moves its price towards higher profit and bids for compute", "providers",
        closed_economy.profit_if_dearer, closed_economy.profit_if_cheaper, closed_economy.price_stride,
        closed_economy.service_price, closed_economy.rental_bid,
        totals={"city_rental_bid": "rental_bid"}, when=CLOSED),

    # ── Households ───────────────────────────────────────────────────────────────────────────────
    for_each("households consume and invest; stocks grow; owners let compute to the higher bidder", "cities",
        closed_economy.household_return, closed_economy.desired_growth, closed_economy.consumption,
        closed_economy.investment, closed_economy.wealth_growth, closed_economy.consumption_share,
        closed_economy.capital_stock, closed_economy.compute_stock, closed_economy.mean_compute,
        closed_economy.rented_compute, closed_economy.direct_compute, when=CLOSED),
    procedure("firms receive the inputs that exist", closed_economy_markets.share_inputs, when=CLOSED),
)  # fmt: skip

QUARTER = (*unless(CLOSED, REGIONAL_QUARTER), *CLOSED_QUARTER)
