"""City governments and the state of their cities: budget, attention, property rights, data, permits.

How rules are written and named: see ``agents/firm.py``. A city's government answers what its firms
do (M7); data are non-rival, so every firm of a city works with the same stock (M8).
"""

from agents.columns import Column
from agents.elementary import exp, log, power
from agents.view import AgentView

COLUMNS = (
    # Fixed for a run
    Column("market", "money/quarter", "GDP of the city in the base year (its share of national GDP of 2010)"),
    Column("productivity", "log points", "productivity of the city, recovered from its GDP in the base year"),
    Column(
        "research_advantage", "log points", "research conditions, recovered from patents of the base year"
    ),
    Column("talent_endowment", "talent", "skilled people who call the city home"),
    Column("amenity", "log points", "attraction of the city for talent apart from the wage"),
    Column("business_environment", "0-1", "how easy it is to found and run a firm"),
    Column("data_openness", "0-1", "share of public data that is open"),
    Column("redundancy", "0-1", "bureaucratic redundancy"),
    Column("fiscal_decentralisation", "0-1", "share of local tax that the city keeps"),
    # Government
    Column("attention", "0-1", "government attention to digital innovation", start=0.1),
    Column("ip_protection", "0-1", "protection of digital property rights", start=0.3),
    Column("digital_governance", "0-1", "share of administration done digitally"),
    Column("government_bill", "money/quarter", "compute bought by the city's government"),
    Column("budget", "money/quarter", "budget that the city may spend freely"),
    Column("fiscal_capacity", "ratio", "budget per firm relative to the country, 0 to 2", start=1.0),
    Column("voucher_rate", "fraction", "share of an eligible compute bill that a voucher pays"),
    Column("voucher_scope", "fraction", "part of the bill that vouchers may pay, by supplier", start=1.0),
    Column("voucher_relief", "fraction", "share of an eligible firm's whole compute bill that it pays"),
    Column("voucher_base", "money/quarter", "compute bill of firms that may use vouchers"),
    Column("voucher_paid", "money/quarter", "vouchers paid out"),
    Column("permit_speed", "0-1", "speed of permits, 1 without bureaucratic delay", start=1.0),
    # Data
    Column(
        "data_stock", "data", "data kept by platforms and by hosts of tasks, open to all firms", start=0.1
    ),
    Column("data", "data", "data that a firm of the city can work with", start=0.8),
    Column(
        "hosted_tasks", "money/quarter", "tasks of other cities run in this city, at the price of the cloud"
    ),
    # Research conditions
    Column("plain_productivity", "ratio", "research productivity without compute", start=1.0),
    Column("adopter_productivity", "ratio", "research productivity with compute and data", start=1.0),
    # Talent
    Column("talent", "talent", "skilled people who work in the city"),
    Column("wage", "money/talent/quarter", "price of one unit of talent", start=1.0),
    Column("attraction", "ratio", "pull on talent, exp(κ·ln wage + amenity)", start=1.0),
    # Production, people and incomes
    Column("people", "people", "people who live and work in the city"),
    Column("people_amenity", "log points", "attraction of the city for people apart from income"),
    Column("people_attraction", "ratio", "pull on people", start=1.0),
    Column(
        "labour_wage", "money/person/quarter", "income from production and services per person", start=1.0
    ),
    Column("conversion_ease", "ratio", "ease of putting novelties to use", start=1.0),
    Column("crowding", "log points", "growth of people since the base year, to which rents answer"),
    Column("price_level", "ratio", "price of consumption, to that of the base year", start=1.0),
    Column("goods_price", "ratio", "price index of goods from all cities", start=1.0),
    Column("spending", "money/quarter", "final demand, from what was earned in the last quarter"),
    Column("services", "money/quarter", "local services sold in the city"),
    Column("firm_value_added", "money/quarter", "value added of the city's firms"),
    Column("owner_income", "money/quarter", "profits of firms whose founders live here"),
    Column("centre_income", "money/quarter", "value added of centres and cloud in the city, last quarter"),
    Column("centre_payroll", "money/quarter", "the part of it that is paid to labour and power in the city"),
    Column("cloud_weight", "fraction", "part of the commercial cloud that is in the city"),
    Column("price_base", "log points", "price of consumption in the base year"),
    Column("people_base", "people", "people in the base year"),
    Column("central_tax", "money/quarter", "tax that goes to the central government"),
    Column("centre_investment", "money/quarter", "spending on capacity of the city's centres"),
    Column("transfer", "money/quarter", "transfer from the central government"),
    Column("gdp", "money/quarter", "gross domestic product: value added of firms, services and compute"),
    Column("real_gdp", "money/quarter", "the same at prices of the base year"),
    # Sums over the city's firms
    Column("firms", "firms", "firms at work"),
    Column("adopters", "firms", "firms that work with compute"),
    Column("adoption_share", "fraction", "share of firms that work with compute"),
    Column("revenue", "money/quarter", "sales of the city's firms"),
    Column("digital_revenue", "money/quarter", "sales of firms that work with compute"),
    Column("research_spending", "money/quarter", "research budgets"),
    Column("labour_demand", "money/quarter", "research wages paid"),
    Column("compute_bill", "money/quarter", "compute at providers' prices, before vouchers"),
    Column("innovation", "innovations/quarter", "expected innovations: sum of the firms' chances"),
    Column("own_innovation", "innovations/quarter", "expected arrivals from own research"),
    Column("conversion_innovation", "innovations/quarter", "expected arrivals from converted innovations"),
    Column("realised_innovation", "innovations/quarter", "innovations that happened"),
    Column("entrants", "firms/quarter", "firms founded"),
    Column("exits", "firms/quarter", "firms closed"),
    Column("arrivals", "firms/quarter", "firms that moved in"),
    # Compute
    Column("price_basic", "money/compute", "mean delivered price of basic compute", start=1.0),
    Column("price_intelligent", "money/compute", "mean delivered price of intelligent compute", start=1.0),
    Column("price_super", "money/compute", "mean delivered price of supercomputing", start=1.0),
    Column(
        "compute_price", "money/compute", "mean delivered price of compute (geometric, by kind)", start=1.0
    ),
    Column("compute_use", "compute/quarter", "effective compute used by the city's firms"),
    Column("basic_use", "compute/quarter", "the basic compute in it"),
    Column("intelligent_use", "compute/quarter", "the intelligent compute in it"),
    Column("super_use", "compute/quarter", "the supercomputing in it"),
    Column("provider_surplus", "money/quarter", "profit of the centres in the city, losses apart"),
    # Building of centres
    Column("hub", "0 or 1", "1 if the city has a cluster of a national hub", when="building_slots"),
    Column(
        "province",
        "row",
        "number of the city's province, in order of first appearance",
        when="building_slots",
    ),
    Column("electricity_price", "CNY/kWh", "price of power", when="building_slots"),
    Column("green_share", "fraction", "share of green power", when="building_slots"),
    Column("building_fund", "money", "money set aside for centres", when="building_slots"),
)


class CityGovernment(AgentView):
    """A city with its government, as Mesa sees it: a view of one row."""

    table_name = "cities"


# ── Budget and vouchers (M7) ─────────────────────────────────────────────────────────────────────


def budget(
    firm_value_added,
    redundancy,
    fiscal_decentralisation,
    provider_surplus,
    tax_rate,
    redundancy_drain,
    surplus_share,
):
    """Free budget, money/quarter: local tax that stays, less the cost of redundancy, plus centre profits."""
    tax = tax_rate * firm_value_added * fiscal_decentralisation
    return tax * (1.0 - redundancy_drain * redundancy) + surplus_share * provider_surplus


def fiscal_capacity(budget, firms, nation_budget_per_firm):
    """Budget per firm relative to the country's, 2b/(b + b̄): 1 at the average, below 2 always."""
    per_firm = budget / (firms + 1e-9)
    return 2.0 * per_firm / (per_firm + nation_budget_per_firm + 1e-9)


def government_bill(budget, attention, government_compute):
    """Money that the city's government spends on compute: a share of its budget that attention raises."""
    return government_compute * attention * budget


def voucher_rate(budget, attention, voucher_base, voucher_scope, voucher_effort, voucher_ceiling):
    """Share of the eligible bill that vouchers pay: the budget is fixed, so the share falls with use."""
    pot = voucher_effort * attention * budget
    rate = pot / (voucher_base * voucher_scope + pot + 1e-9)
    return rate if rate < voucher_ceiling else voucher_ceiling


def voucher_relief(voucher_rate, voucher_scope):
    """Share of an eligible firm's whole compute bill that vouchers pay."""
    return voucher_rate * voucher_scope


def permit_speed(redundancy, digital_governance, permit_friction):
    """Speed of permits 1/(1 + k·B·(1 − digital governance)): digital administration removes delay."""
    return 1.0 / (1.0 + permit_friction * redundancy * (1.0 - digital_governance))


def compute_price(price_basic, price_intelligent, price_super):
    """Geometric mean of the delivered prices of the three kinds, money per effective unit."""
    return power(price_basic * price_intelligent * price_super, 1.0 / 3.0)


# ── Data (M8) ────────────────────────────────────────────────────────────────────────────────────


def data_stock(
    data_stock,
    compute_bill,
    hosted_tasks,
    nation_firms,
    data_decay,
    data_per_compute,
    hosted_data_share,
):
    """Data kept by platforms: work done with compute leaves data, and so do tasks hosted for others.

    Work is measured by what is paid for it, in a country of 10,000 firms. Tasks travel to the place that
    computes them and bring their data; the host keeps a share. One stock serves all firms of the city.
    """
    size = 10000.0 / (nation_firms + 1e-9)
    return (1.0 - data_decay) * data_stock + data_per_compute * size * (
        compute_bill + hosted_data_share * hosted_tasks
    )


def data(
    data_openness,
    data_stock,
    fiscal_capacity,
    attention,
    firms,
    data_floor,
    open_data_weight,
    government_data_effort,
    data_crowding,
):
    """Data that a firm can work with: public data and platform data are perfect substitutes.

    Data are non-rival; with ``data_crowding`` above 0 a firm can use the part (1 + firms)^−crowding of them.
    """
    public = open_data_weight * data_openness + government_data_effort * fiscal_capacity * attention
    return data_floor + public + data_stock * power(1.0 + firms, -data_crowding)


# ── Conditions of research (M1) ──────────────────────────────────────────────────────────────────


def plain_productivity(
    permit_speed,
    talent,
    research_advantage,
    nation_mean_talent,
    nation_frontier,
    talent_externality,
    harder_ideas,
):
    """Research productivity without compute: permits × talent agglomeration (T/T̄)^ν × the city's conditions.

    Ideas get harder to find as the frontier F advances: e^(−ψ·F). [Bloom, Jones, Van Reenen & Webb 2020,
    American Economic Review 110(4)]
    """
    agglomeration = power((talent + 1e-9) / (nation_mean_talent + 1e-9), talent_externality)
    return permit_speed * agglomeration * exp(research_advantage - harder_ideas * nation_frontier)


def research_advantage(research_advantage, nation_quarter, advantage_fading):
    """Research conditions beyond what the model explains: they fade as other cities catch up, after the base year."""
    return research_advantage * (1.0 - advantage_fading) if nation_quarter >= 0.0 else research_advantage


def conversion_ease(labour_wage, nation_mean_labour_wage, conversion_wage):
    """Ease of putting novelties to use, (mean wage/wage)^η, at most 3: it takes labour."""
    ease = power((nation_mean_labour_wage + 1e-12) / (labour_wage + 1e-12), conversion_wage)
    return ease if ease < 3.0 else 3.0


def adopter_productivity(plain_productivity, data, data_elasticity):
    """Research productivity with compute: that of a plain firm, times data^ξ."""
    return plain_productivity * power(data, data_elasticity)


def adoption_share(adopters, firms):
    """Share of the city's firms that work with compute."""
    return adopters / firms if firms > 0.0 else 0.0


# ── Slow policy responses (M7) ───────────────────────────────────────────────────────────────────


def attention(attention, digital_revenue, revenue, attention_speed, attention_floor):
    """Attention follows the digital share of the local economy."""
    share = digital_revenue / revenue if revenue > 0.0 else 0.0
    target = attention_floor + (1.0 - attention_floor) * share
    return attention + attention_speed * (target - attention)


def ip_protection(
    ip_protection, fiscal_capacity, attention, innovation, firms, ip_speed, ip_floor, ip_gain, ip_half
):
    """Protection of digital property rights grows with means, attention and something to protect."""
    per_firm = innovation / (firms + 1e-9)
    target = ip_floor + ip_gain * fiscal_capacity * attention * per_firm / (per_firm + ip_half)
    target = 1.0 if target > 1.0 else target
    return ip_protection + ip_speed * (target - ip_protection)


def digital_governance(
    digital_governance,
    government_bill,
    budget,
    compute_price,
    digital_governance_speed,
    government_work,
    compute_weight,
):
    """Share of administration done digitally: g/(1 + g), g the digital work that the government pays for.

    Digital work is made of compute and labour, so a given share of the budget does more of it where compute
    is cheap: g = G·(bill/budget)·P^−χ.
    """
    share = government_bill / budget if budget > 0.0 else 0.0
    work = government_work * share * power(compute_price, -compute_weight)
    target = work / (1.0 + work)
    return digital_governance + digital_governance_speed * (target - digital_governance)


# ── The cost of a unit of research in a city, by tier of the chain (M1) ──────────────────────────

CITY_TIER_COLUMNS = (
    Column("city", "row", "the city", index_of="cities"),
    Column("tier", "row", "the tier", index_of="tiers"),
    Column("supply", "quality units", "quality-weighted supply of the city's firms in the tier"),
    Column("unit_revenue", "money/quality unit", "earnings of one unit of supply in all cities", start=1.0),
    Column("advantage", "ratio", "sales to the city's productivity and cost, (A/cost)^θ", start=1.0),
    Column("demand", "money/quarter", "demand of the city for the tier's products"),
    Column("competition", "quality units", "supply that reaches the city"),
    Column("basket_price", "money/compute", "delivered price of the tier's mix of compute", start=1.0),
    Column("plain_cost", "money", "cost of a unit of research input without compute", start=1.0),
    Column("adopter_cost", "money", "cost of a unit of research input with compute", start=1.0),
    Column("compute_share", "fraction", "share of compute in an adopter's research cost"),
    Column("unaided_cost", "money", "cost of research with compute for a firm without vouchers", start=1.0),
    Column("unaided_share", "fraction", "share of compute in its research cost"),
    Column("compute_spending", "money/quarter", "payments of firms for compute, after vouchers"),
    Column("aided_spending", "money/quarter", "the same of firms that may use vouchers"),
    Column("part_basic", "fraction", "the tier's part in the city's bill for basic compute"),
    Column("part_intelligent", "fraction", "its part in the bill for intelligent compute"),
    Column("part_super", "fraction", "its part in the bill for supercomputing"),
)

TIER_COLUMNS = (
    Column("early_intelligent", "fraction", "share of intelligent compute before deep learning"),
    Column("early_super", "fraction", "share of supercomputing before deep learning"),
    Column("weight_basic", "fraction", "share of basic compute in the tier's compute bill"),
    Column("weight_intelligent", "fraction", "share of intelligent compute"),
    Column("weight_super", "fraction", "share of supercomputing"),
)


def weight_intelligent(early_intelligent, nation_intelligent_pull):
    """Share of intelligent compute in the tier's bill: p·b/(1 − p + p·b), p before 2012, b the pull since."""
    pulled = early_intelligent * nation_intelligent_pull
    return pulled / (1.0 - early_intelligent + pulled)


def weight_super(early_super, early_intelligent, weight_intelligent):
    """Share of supercomputing: a constant part of what is not intelligent compute."""
    return early_super / (1.0 - early_intelligent) * (1.0 - weight_intelligent)


def weight_basic(weight_intelligent, weight_super):
    """Share of basic compute: the rest."""
    return 1.0 - weight_intelligent - weight_super


def mix_price(
    city_price_basic,
    city_price_intelligent,
    city_price_super,
    tier_weight_basic,
    tier_weight_intelligent,
    tier_weight_super,
):
    """Price of the tier's mix of compute kinds before vouchers: Π P_m^w_m, Cobb-Douglas over kinds."""
    weighted = (
        tier_weight_basic * log(city_price_basic)
        + tier_weight_intelligent * log(city_price_intelligent)
        + tier_weight_super * log(city_price_super)
    )
    return exp(weighted)


def basket_price(mix_price, city_voucher_relief):
    """Price of the tier's mix for a firm that may use vouchers, (1 − v)·Π P_m^w_m."""
    return mix_price * (1.0 - city_voucher_relief)


def plain_cost(city_wage, compute_weight, substitution):
    """Cost of a unit of research input with talent alone: (1−χ)^(σ/(1−σ))·w, the wage itself at σ = 1.

    σ below 1.05 counts as 1: without normalisation the weights of a CES explode on the way there.
    """
    if substitution < 1.05:
        return city_wage
    return power(1.0 - compute_weight, substitution / (1.0 - substitution)) * city_wage


def compute_share(city_wage, basket_price, compute_weight, substitution):
    """Share of compute in an adopter's research cost, χ^σP^(1−σ) / [(1−χ)^σw^(1−σ) + χ^σP^(1−σ)].

    CES of talent and compute with elasticity σ. Compute substitutes for scarce talent (σ > 1), yet
    cheaper compute still draws talent in as long as σ < 1/(1−μ).
    """
    compute = power(compute_weight, substitution) * power(basket_price, 1.0 - substitution)
    talent = power(1.0 - compute_weight, substitution) * power(city_wage, 1.0 - substitution)
    return compute / (compute + talent)


def adopter_cost(city_wage, basket_price, compute_weight, substitution):
    """Cost of a unit of research input with compute: [(1−χ)^σw^(1−σ) + χ^σP^(1−σ)]^(1/(1−σ)).

    At σ = 1 (substitution off) the Cobb-Douglas limit, scaled so that at equal input prices
    compute neither helps nor hurts: w^(1−χ)·P^χ.
    """
    if substitution < 1.05:
        return power(city_wage, 1.0 - compute_weight) * power(basket_price, compute_weight)
    compute = power(compute_weight, substitution) * power(basket_price, 1.0 - substitution)
    talent = power(1.0 - compute_weight, substitution) * power(city_wage, 1.0 - substitution)
    return power(compute + talent, 1.0 / (1.0 - substitution))


def unaided_share(city_wage, mix_price, compute_weight, substitution):
    """Share of compute in the research cost of an adopter that may use no vouchers."""
    return compute_share(city_wage, mix_price, compute_weight, substitution)


def unaided_cost(city_wage, mix_price, compute_weight, substitution):
    """Cost of a unit of research input with compute for a firm that may use no vouchers."""
    return adopter_cost(city_wage, mix_price, compute_weight, substitution)
