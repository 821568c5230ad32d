"""National averages that agents compare themselves with, and the national accounts."""

from agents.elementary import exp, log


def national_means(
    nation_quarter,
    nation_firms,
    nation_revenue,
    nation_mean_revenue,
    nation_supply,
    nation_mean_supply,
    nation_quality,
    nation_mean_quality,
    nation_base_quality,
    nation_frontier,
    nation_innovation,
    nation_mean_innovation,
    nation_budget,
    nation_budget_per_firm,
    nation_mean_talent,
    nation_mean_labour_wage,
    nation_mean_compute_price,
    city_talent,
    city_people,
    city_labour_wage,
    city_compute_price,
    city_compute_bill,
):
    """Write means over firms (sales, supply, quality), budgets per firm, and means over cities.

    The frontier is the growth of mean quality since the base year. Wages are weighted by people, the price of
    compute (geometric) by bills.
    """
    firms = nation_firms[0]
    if firms > 0.0:
        nation_mean_revenue[0] = nation_revenue[0] / firms
        nation_mean_supply[0] = nation_supply[0] / firms
        nation_mean_quality[0] = nation_quality[0] / firms
        nation_mean_innovation[0] = nation_innovation[0] / firms
        nation_budget_per_firm[0] = nation_budget[0] / firms
    if nation_quarter[0] < 0.0:
        nation_base_quality[0] = nation_mean_quality[0]
    nation_frontier[0] = nation_mean_quality[0] - nation_base_quality[0]
    talent, people, wages, bills, price = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(len(city_talent)):
        talent += city_talent[c]
        people += city_people[c]
        wages += city_people[c] * city_labour_wage[c]
        weight = city_compute_bill[c] + 1e-12
        bills += weight
        price += weight * log(city_compute_price[c])
    nation_mean_talent[0] = talent / len(city_talent)
    if people > 0.0:
        nation_mean_labour_wage[0] = wages / people
    nation_mean_compute_price[0] = exp(price / bills)


def national_accounts(
    city_market,
    city_gdp,
    city_income,
    city_price_level,
    city_compute_bill,
    city_government_bill,
    nation_price_level,
    nation_product,
    nation_income,
):
    """Add up product and income of the quarter, and the price level, weighted by the GDP of the base year.

    Income is what will be spent in the next quarter and what is owed to suppliers of compute.
    """
    product, income, price, market = 0.0, 0.0, 0.0, 0.0
    for c in range(len(city_gdp)):
        product += city_gdp[c]
        income += city_income[c] + city_compute_bill[c] + city_government_bill[c]
        price += city_market[c] * log(city_price_level[c])
        market += city_market[c]
    nation_product[0] = product
    nation_income[0] = income
    nation_price_level[0] = exp(price / market) if market > 0.0 else 1.0


def national_expenditure(city_spending, nation_receipts, nation_expenditure):
    """Add up the expenditure of the quarter: final demand for goods and services, and compute delivered."""
    total = nation_receipts[0]
    for c in range(len(city_spending)):
        total += city_spending[c]
    nation_expenditure[0] = total
