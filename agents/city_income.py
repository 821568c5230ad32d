"""Incomes and spending: what is earned in a city is spent there, on goods of all cities and local services.

How rules are written and named: see ``agents/firm.py``. Wages, profits, taxes, transfers and the receipts of
centres and of the cloud are income in the quarter in which they are paid and final demand in the next one.
Compute is paid in arrears: a bill of this quarter is income of its supplier in the next one. Hence national
product, income and expenditure are equal in every quarter, and money is neither made nor lost.
"""

from agents.elementary import bounded_exp, exp, log, power


def services(spending, goods_share):
    """Local services sold, the part of final demand that is not spent on goods, money/quarter."""
    return (1.0 - goods_share) * spending


def gdp(firm_value_added, services, centre_income):
    """Gross domestic product, value added of firms, services, centres and cloud, money/quarter.

    Research is investment, as in the System of National Accounts 2008, so compute bought for it is no
    intermediate input.
    """
    return firm_value_added + services + centre_income


def real_gdp(gdp, nation_price_level):
    """GDP at prices of the base year, GDP/(price level of the country), money/quarter."""
    return gdp / nation_price_level


def central_tax(firm_value_added, fiscal_decentralisation, tax_rate):
    """Tax on value added that goes to the central government, t·(1 − d)·(value added), money/quarter."""
    return tax_rate * (1.0 - fiscal_decentralisation) * firm_value_added


def transfer(people, nation_central_tax, nation_centre_balance, nation_people):
    """Transfer from the central government, money/quarter: its tax and its balance of centres, per head."""
    return people * (nation_central_tax + nation_centre_balance) / (nation_people + 1e-12)


def labour_wage(labour_wage, firm_value_added, services, people, labour_share, wage_adjustment):
    """Wage of production and services, money/person/quarter: W·(income per person/W)^a, as that of talent.

    It closes part of the gap to what labour earns per person. Firms compute their costs from last quarter's
    wage, so one that followed sales at once would swing from quarter to quarter where services are few.
    """
    bill = labour_share * firm_value_added + services
    if people <= 0.0 or bill <= 0.0:
        return labour_wage
    return labour_wage * power(bill / (people * labour_wage), wage_adjustment)


def income(
    firm_value_added,
    services,
    labour_demand,
    owner_income,
    centre_payroll,
    fiscal_decentralisation,
    provider_surplus,
    centre_investment,
    transfer,
    voucher_paid,
    government_bill,
    labour_share,
    tax_rate,
    surplus_share,
    centre_local_share,
):
    """Income of residents and government, and investment in the city, money/quarter.

    Residents: wages of production, services and talent, payrolls of centres and cloud, profits of owners.
    Government: local tax, transfer, a part of the centres' profits, less vouchers and its bill for compute.
    Investment: spending of providers on the capacity of their centres.
    """
    households = labour_share * firm_value_added + services + labour_demand + owner_income + centre_payroll
    tax = tax_rate * fiscal_decentralisation * firm_value_added
    government = tax + transfer + surplus_share * provider_surplus - voucher_paid - government_bill
    return households + government + centre_local_share * centre_investment


def spending(income):
    """Final demand of the next quarter, all that is earned, money/quarter; a deficit is lent from abroad."""
    return income if income > 0.0 else 0.0


def price_level(goods_price, labour_wage, price_base, local_services):
    """Price of consumption to that of the base year, P^(1−s)·w^s, ratio. s: share of services in spending."""
    price = (1.0 - local_services) * log(goods_price) + local_services * log(labour_wage + 1e-300)
    return exp(price - price_base)


def crowding(people, people_base):
    """Growth of people since the base year, ln(people/people then), log points."""
    return log((people + 1e-12) / (people_base + 1e-12))


def people_attraction(labour_wage, price_level, crowding, people_amenity, people_elasticity, rent_elasticity):
    """Pull of a city on people, e^(κ·(ln real income − ε·crowding) + amenity), ratio.

    Rents raise the cost of living by ε per log point of people.
    [Saiz 2010, Quarterly Journal of Economics 125(3)]
    """
    income = log((labour_wage + 1e-12) / price_level) - rent_elasticity * crowding
    return bounded_exp(people_elasticity * income + people_amenity)
