"""City governments and the state of their cities: budget, attention, property rights, data, permits.

How rules are written and named: see ``agents/firm.py``. A city's government responds to what its firms
do (M7); data are non-rival, so every firm of a city works with the same stock (M8).
"""

from agents.agent_columns import CityColumns
from agents.columns import Column
from agents.elementary import exp, power
from agents.view import AgentView

COLUMNS = (
    # Fixed for a run
    Column("market", "money/quarter", "GDP of the city in the base year (its share of national GDP of 2010)"),
    Column("market_observed", "0 or 1", "1 if that figure is observed, 0 if it is an estimate", start=1.0),
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
    Column("voucher_rate", "fraction", "share of an eligible compute bill that a voucher pays", most=0.99),
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
    Column("income", "money/quarter", "income of residents and government, and investment in the city"),
    Column("spending", "money/quarter", "final demand, from what was earned in the last quarter"),
    Column(
        "goods_share", "fraction", "share of final demand that is spent on goods; 0 if none reach the city"
    ),
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
    Column("compute_use", "compute/quarter", "effective compute used by the city's firms and its government"),
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
    # Mechanisms that are off by default
    Column("rural_share", "fraction", "share of people in the countryside", when="digital_divide"),
    Column("shared_data", "data", "data of other cities that its firms can use", when="data_exchange"),
    Column("treaty", "row", "number of its province, whose cities have a treaty", when="data_exchange"),
)


class CityGovernment(AgentView, CityColumns):
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
    """Free budget, t·(value added)·d·(1 − k·redundancy) + (share of centres' profits), money/quarter.

    t: tax rate, d: share of the tax that stays in the city, k: share that full redundancy absorbs.
    """
    tax = tax_rate * firm_value_added * fiscal_decentralisation
    return tax * (1.0 - redundancy_drain * redundancy) + surplus_share * provider_surplus


def fiscal_capacity(budget, firms, nation_budget_per_firm):
    """Budget per firm relative to the country's, 2b/(b + b̄): 1 at the average, always below 2."""
    per_firm = budget / (firms + 1e-9)
    return 2.0 * per_firm / (per_firm + nation_budget_per_firm + 1e-9)


def government_bill(budget, attention, government_compute):
    """Spending of the city's government on compute, g·attention·budget, money/quarter."""
    return government_compute * attention * budget


def voucher_rate(budget, attention, voucher_base, voucher_scope, voucher_effort, voucher_ceiling):
    """Share of the eligible bill that vouchers pay, V/(bill + V), at most a ceiling. V = v·attention·budget.

    The sum V is fixed, so the share falls with use.
    """
    pot = voucher_effort * attention * budget
    rate = pot / (voucher_base * voucher_scope + pot + 1e-9)
    return rate if rate < voucher_ceiling else voucher_ceiling


def voucher_relief(voucher_rate, voucher_scope):
    """Share of an eligible firm's whole compute bill that vouchers pay."""
    return voucher_rate * voucher_scope


def permit_speed(redundancy, digital_governance, permit_friction):
    """Speed of permits, 1/(1 + k·redundancy·(1 − digital governance)): digital administration ends delay."""
    return 1.0 / (1.0 + permit_friction * redundancy * (1.0 - digital_governance))


def compute_price(price_basic, price_intelligent, price_super):
    """Geometric mean of the delivered prices of the three kinds, money/compute."""
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
    """Stock of data next quarter, (1 − δ)·D + k·(10,000/firms)·(bill + h·tasks), data.

    Work done with compute leaves data with platforms, and so do tasks hosted for other cities: they travel to
    the centre that computes them and bring their data, of which the host keeps the share h. Work is measured
    by what is paid for it, in a country of 10,000 firms. One stock serves all firms of the city.
    """
    size = 10000.0 / (nation_firms + 1e-9)
    return (1.0 - data_decay) * data_stock + data_per_compute * size * (
        compute_bill + hosted_data_share * hosted_tasks
    )


def data(
    data_openness,
    data_stock,
    shared_data,
    fiscal_capacity,
    attention,
    firms,
    data_floor,
    open_data_weight,
    government_data_effort,
    department_barrier,
    data_crowding,
):
    """Data that a firm can work with, floor + (1 − b)·public + (D + S)·(1 + firms)^−crowding, data.

    Public data, o·openness + e·capacity·attention, the stock D and what other cities share, S, are perfect
    substitutes. b: barrier between departments. Data are non-rival: a crowding of 0 lets every firm use the
    whole stock.
    """
    public = open_data_weight * data_openness + government_data_effort * fiscal_capacity * attention
    public = public * (1.0 - department_barrier)
    return data_floor + public + (data_stock + shared_data) * power(1.0 + firms, -data_crowding)


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
    """Research productivity without compute, permits·(T/T̄)^ν·e^(A − ψ·F), ratio.

    T: talent, T̄: that of a mean city, A: research conditions of the city. Ideas get harder to find as the
    frontier F, the growth of the country's mean quality, advances.
    [Bloom, Jones, Van Reenen & Webb 2020, American Economic Review 110(4)]
    """
    agglomeration = power((talent + 1e-9) / (nation_mean_talent + 1e-9), talent_externality)
    return permit_speed * agglomeration * exp(research_advantage - harder_ideas * nation_frontier)


def research_advantage(research_advantage, nation_quarter, advantage_fading):
    """Research conditions that the model does not explain, A·(1 − fading) after the base year, log points."""
    return research_advantage * (1.0 - advantage_fading) if nation_quarter >= 0.0 else research_advantage


def conversion_ease(labour_wage, nation_mean_labour_wage, conversion_wage):
    """Ease of putting novelties to use, which takes labour: (mean wage/wage)^η, at most 3, ratio."""
    ease = power((nation_mean_labour_wage + 1e-12) / (labour_wage + 1e-12), conversion_wage)
    return ease if ease < 3.0 else 3.0


def adopter_productivity(plain_productivity, data, data_elasticity):
    """Research productivity with compute: that without it, times data^ξ, ratio."""
    return plain_productivity * power(data, data_elasticity)


def adoption_share(adopters, firms):
    """Share of the city's firms that work with compute."""
    return adopters / firms if firms > 0.0 else 0.0


# ── Slow policy responses (M7) ───────────────────────────────────────────────────────────────────


def attention(attention, digital_revenue, revenue, attention_speed, attention_floor):
    """Attention next quarter, 0-1: it follows the digital share d of local sales, towards a₀ + (1 − a₀)·d."""
    share = digital_revenue / revenue if revenue > 0.0 else 0.0
    target = attention_floor + (1.0 - attention_floor) * share
    return attention + attention_speed * (target - attention)


def ip_protection(
    ip_protection, fiscal_capacity, attention, innovation, firms, ip_speed, ip_floor, ip_gain, ip_half
):
    """Protection of digital property rights next quarter, 0-1: it grows with means, attention and innovation.

    Towards p₀ + g·capacity·attention·i/(i + i½), at most 1. i: innovations per firm.
    """
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
    """Share of administration done digitally next quarter: towards g/(1 + g). g: digital work paid for.

    Digital work is made of compute and labour, so a given share of the budget does more of it where compute
    is cheap: g = G·(bill/budget)·P^−χ. P: price of compute, χ: weight of compute.
    """
    share = government_bill / budget if budget > 0.0 else 0.0
    work = government_work * share * power(compute_price, -compute_weight)
    target = work / (1.0 + work)
    return digital_governance + digital_governance_speed * (target - digital_governance)
