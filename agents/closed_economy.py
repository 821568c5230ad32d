"""The closed economy of document 003: final-good firms, one provider of compute services, households.

How rules are written and named: see ``agents/firm.py``. The rules take the place of the regional ones
where the parameter ``closed_economy`` is 1. No agent knows a solution of the model. Firms compare the
marginal product of an input with its rental; the provider tries prices and moves towards higher profit;
owners move compute to the use that pays more; households watch the growth of their wealth. Rates are per
year, a quarter is a step of ¼.
"""

from agents.columns import Column
from agents.elementary import exp, power

QUARTER_YEARS = 0.25
LONGEST_STRIDE, SHORTEST_STRIDE = 0.25, 1e-9  # of the provider's price in a quarter, log points
ON = "closed_economy"
HELPERS = ("final_output", "services_at_price")  # functions that are not rules

FIRM_COLUMNS = (
    Column("capital_used", "capital", "K: capital that the firm rents", when=ON),
    Column("compute_used", "compute", "H: compute capital that the firm rents and uses directly", when=ON),
    Column("services_wanted", "services/year", "compute services wanted at the posted price", when=ON),
    Column("services_if_dearer", "services/year", "the same at a price a little above", when=ON),
    Column("services_if_cheaper", "services/year", "the same at a price a little below", when=ON),
    Column("services_used", "services/year", "X: compute services that the firm gets", when=ON),
    Column("output", "goods/year", "Y: final goods that the firm makes", when=ON),
    Column("capital_bid", "1/year", "marginal product of the firm's capital", when=ON),
    Column("compute_bid", "1/year", "marginal product of the firm's compute", when=ON),
    Column("capital_wanted", "capital", "capital that the firm asks for next", when=ON),
    Column("compute_wanted", "compute", "compute that the firm asks for next", when=ON),
)

PROVIDER_COLUMNS = (
    Column("service_price", "goods/service", "p: price of compute services", start=1.0, when=ON),
    Column("price_stride", "log points", "last move of the price; its sign is the direction", when=ON),
    Column("profit_if_dearer", "goods/year", "profit at a price a little above", when=ON),
    Column("profit_if_cheaper", "goods/year", "profit at a price a little below", when=ON),
    Column("rental_bid", "1/year", "rental that the provider offers for compute", start=1.0, when=ON),
)

CITY_COLUMNS = (
    Column("capital_stock", "capital", "K: all capital but compute", when=ON),
    Column("compute_stock", "compute", "H_T: all compute capital", when=ON),
    Column("direct_compute", "compute", "H: compute capital that firms use directly", when=ON),
    Column("rented_compute", "compute", "H_X: compute capital with which the provider works", when=ON),
    Column("mean_compute", "index", "H̄: the economy's compute in the work of capital", start=1.0, when=ON),
    Column("service_price", "goods/service", "price of compute services in this quarter", when=ON),
    Column("services_wanted", "services/year", "services that firms want at that price", when=ON),
    Column("services_if_dearer", "services/year", "the same at a price a little above", when=ON),
    Column("services_if_cheaper", "services/year", "the same at a price a little below", when=ON),
    Column("services_used", "services/year", "X: services that firms get", when=ON),
    Column("served_share", "fraction", "share of the services wanted that the provider can make", when=ON),
    Column("output", "goods/year", "Y: final goods", when=ON),
    Column("capital_income", "goods/year", "payments of firms for capital", when=ON),
    Column("compute_income", "goods/year", "payments of firms for compute used directly", when=ON),
    Column("capital_rental", "1/year", "r: mean rental of capital", when=ON),
    Column("direct_rental", "1/year", "ω: mean rental of compute used directly", when=ON),
    Column("rental_bid", "1/year", "rental that the provider offers for compute", when=ON),
    Column("capital_wanted", "capital", "capital that firms ask for", when=ON),
    Column("compute_wanted", "compute", "compute that firms ask for", when=ON),
    Column("household_return", "1/year", "income of an owner per unit of investment", when=ON),
    Column("desired_growth", "1/year", "growth of consumption that households want at that return", when=ON),
    Column("consumption", "goods/year", "C: consumption", when=ON),
    Column("investment", "goods/year", "I: output that is not consumed", when=ON),
    Column("wealth_growth", "1/year", "growth of all capital, net of depreciation", when=ON),
    Column("consumption_share", "1/year", "consumption per unit of wealth that households plan", when=ON),
)


# ── Technology of the final good. [document 003, appendix] ───────────────────────────────────────


def final_output(capital, compute, services, mean_compute, productivity, capital_share, compute_share):
    """Output Y = A·(H̄K)^α·H^β·X^(1−α−β), goods/year.

    K capital, H compute used directly, X compute services, H̄ the economy's compute (an external
    effect), A ``productivity``. Constant returns to K, H and X together.
    """
    with_capital = power(mean_compute * capital, capital_share)
    with_compute = power(compute, compute_share)
    return productivity * with_capital * with_compute * power(services, 1.0 - capital_share - compute_share)


def services_at_price(price, capital, compute, mean_compute, productivity, capital_share, compute_share):
    """Services, services/year, at which their marginal product equals the price: ∂Y/∂X = p.

    X = [(1−α−β)·A·(H̄K)^α·H^β / p]^(1/(α+β)), at the firm's present capital and compute; none if
    there is no price because there is no seller.
    """
    if price <= 0.0:
        return 0.0
    share = 1.0 - capital_share - compute_share
    one_service = final_output(
        capital, compute, 1.0, mean_compute, productivity, capital_share, compute_share
    )
    return power(share * one_service / price, 1.0 / (capital_share + compute_share))


# ── Firms: price takers in every market ──────────────────────────────────────────────────────────


def services_wanted(
    capital_used,
    compute_used,
    city_service_price,
    city_mean_compute,
    closed_productivity,
    closed_capital_share,
    closed_compute_share,
):
    """Services that the firm wants, services/year: their marginal product equals the posted price."""
    return services_at_price(
        city_service_price,
        capital_used,
        compute_used,
        city_mean_compute,
        closed_productivity,
        closed_capital_share,
        closed_compute_share,
    )


def services_if_dearer(
    capital_used,
    compute_used,
    city_service_price,
    city_mean_compute,
    closed_productivity,
    closed_capital_share,
    closed_compute_share,
    closed_price_trial,
):
    """The firm's answer to an offer at a price a little above the posted one, services/year."""
    return services_at_price(
        city_service_price * exp(closed_price_trial),
        capital_used,
        compute_used,
        city_mean_compute,
        closed_productivity,
        closed_capital_share,
        closed_compute_share,
    )


def services_if_cheaper(
    capital_used,
    compute_used,
    city_service_price,
    city_mean_compute,
    closed_productivity,
    closed_capital_share,
    closed_compute_share,
    closed_price_trial,
):
    """The firm's answer to an offer at a price a little below the posted one, services/year."""
    return services_at_price(
        city_service_price * exp(-closed_price_trial),
        capital_used,
        compute_used,
        city_mean_compute,
        closed_productivity,
        closed_capital_share,
        closed_compute_share,
    )


def services_used(services_wanted, city_served_share):
    """Services that the firm gets, services/year: all that it wants, or its share of the supply."""
    return services_wanted * city_served_share


def output(
    capital_used,
    compute_used,
    services_used,
    city_mean_compute,
    closed_productivity,
    closed_capital_share,
    closed_compute_share,
):
    """Final goods Y = A·(H̄K)^α·H^β·X^(1−α−β), goods/year. [document 003, appendix]"""
    return final_output(
        capital_used,
        compute_used,
        services_used,
        city_mean_compute,
        closed_productivity,
        closed_capital_share,
        closed_compute_share,
    )


def capital_bid(output, capital_used, closed_capital_share):
    """Marginal product of capital, ∂Y/∂K = αY/K, 1/year: its rental."""
    return closed_capital_share * output / capital_used if capital_used > 0.0 else 0.0


def compute_bid(output, compute_used, closed_compute_share):
    """Marginal product of directly used compute, ∂Y/∂H = βY/H, 1/year: its rental."""
    return closed_compute_share * output / compute_used if compute_used > 0.0 else 0.0


def capital_income(capital_bid, capital_used):
    """Payment of the firm for capital, goods/year."""
    return capital_bid * capital_used


def compute_income(compute_bid, compute_used):
    """Payment of the firm for directly used compute, goods/year."""
    return compute_bid * compute_used


def capital_wanted(capital_used, capital_bid, city_capital_rental, closed_input_adjustment):
    """Capital that the firm asks for next: more where it brings more than the mean rental."""
    if city_capital_rental <= 0.0:
        return capital_used
    return capital_used * power(capital_bid / city_capital_rental, closed_input_adjustment)


def compute_wanted(compute_used, compute_bid, city_direct_rental, closed_input_adjustment):
    """Compute that the firm asks for next: more where it brings more than the mean rental."""
    if city_direct_rental <= 0.0:
        return compute_used
    return compute_used * power(compute_bid / city_direct_rental, closed_input_adjustment)


# ── The provider: tries prices, bids for compute ─────────────────────────────────────────────────


def profit_if_dearer(
    service_price,
    rental_bid,
    city_services_if_dearer,
    closed_service_compute,
    closed_price_trial,
):
    """Profit at a price a little above, goods/year: (price − η·rental) times the demand of firms."""
    margin = service_price * exp(closed_price_trial) - closed_service_compute * rental_bid
    return margin * city_services_if_dearer


def profit_if_cheaper(
    service_price,
    rental_bid,
    city_services_if_cheaper,
    closed_service_compute,
    closed_price_trial,
):
    """Profit at a price a little below, goods/year: (price − η·rental) times the demand of firms."""
    margin = service_price * exp(-closed_price_trial) - closed_service_compute * rental_bid
    return margin * city_services_if_cheaper


def price_stride(price_stride, profit_if_dearer, profit_if_cheaper):
    """Move of the price, log points: towards the trial that earns more, longer until it has to turn.

    A stride in the direction of the last one is 1.3 times as long, one after a turn half as long.
    [Riedmiller & Braun 1993, RPROP: step sizes from the sign of the change alone]
    """
    up = profit_if_dearer > profit_if_cheaper
    length = price_stride if price_stride > 0.0 else -price_stride
    length = length * (1.3 if (price_stride > 0.0) == up else 0.5)
    length = LONGEST_STRIDE if length > LONGEST_STRIDE else length
    length = SHORTEST_STRIDE if length < SHORTEST_STRIDE else length
    return length if up else -length


def service_price(service_price, price_stride):
    """Price of services next quarter, goods/service: one stride on."""
    return service_price * exp(price_stride)


def rental_bid(
    rental_bid, city_services_wanted, city_rented_compute, closed_service_compute, closed_bid_adjustment
):
    """Rental that the provider offers for compute, 1/year: more while it has less than its customers need."""
    needed = closed_service_compute * city_services_wanted
    shortage = needed / city_rented_compute if city_rented_compute > 0.0 else 1.0
    shortage = 2.0 if shortage > 2.0 else shortage
    shortage = 0.5 if shortage < 0.5 else shortage
    return rental_bid * power(shortage, closed_bid_adjustment)


# ── Markets and households of the city ───────────────────────────────────────────────────────────


def served_share(services_wanted, rented_compute, closed_service_compute):
    """Share of the services wanted that the provider's compute can make, X = H_X/η at most."""
    needed = closed_service_compute * services_wanted
    return rented_compute / needed if needed > rented_compute else 1.0


def capital_rental(capital_income, capital_stock):
    """Mean rental of capital r, 1/year."""
    return capital_income / capital_stock if capital_stock > 0.0 else 0.0


def direct_rental(compute_income, direct_compute):
    """Mean rental of compute that firms use directly ω, 1/year."""
    return compute_income / direct_compute if direct_compute > 0.0 else 0.0


def household_return(
    capital_rental,
    direct_rental,
    rental_bid,
    direct_compute,
    rented_compute,
    closed_compute_investment,
):
    """Income of an owner per unit of investment, (1−τ)·r + τ·ω, 1/year.

    Households own all, but no investment of one of them adds to the provider's profit: they count rentals.
    """
    stock = direct_compute + rented_compute
    earned = direct_rental * direct_compute + rental_bid * rented_compute
    rental = earned / stock if stock > 0.0 else 0.0
    return (1.0 - closed_compute_investment) * capital_rental + closed_compute_investment * rental


def desired_growth(household_return, closed_depreciation, closed_discount_rate, closed_risk_aversion):
    """Growth of consumption that households want, (return − δ − ρ)/σ, 1/year. [Ramsey 1928; Euler]"""
    return (household_return - closed_depreciation - closed_discount_rate) / closed_risk_aversion


def consumption(consumption_share, capital_stock, compute_stock, output):
    """Consumption C, goods/year: the planned share of wealth, at most output (no capital is consumed)."""
    planned = consumption_share * (capital_stock + compute_stock)
    return planned if planned < output else output


def investment(output, consumption):
    """Investment I = Y − C, goods/year."""
    return output - consumption


def wealth_growth(investment, capital_stock, compute_stock, closed_depreciation):
    """Growth of wealth K + H_T, I/(K + H_T) − δ, 1/year."""
    wealth = capital_stock + compute_stock
    return (investment / wealth if wealth > 0.0 else 0.0) - closed_depreciation


def consumption_share(
    consumption_share,
    wealth_growth,
    desired_growth,
    output,
    capital_stock,
    compute_stock,
    closed_saving_adjustment,
):
    """Consumption planned per unit of wealth, 1/year: more while wealth grows faster than is wanted.

    It rests where wealth, and with it consumption, grows as fast as households want consumption to grow.
    """
    wealth = capital_stock + compute_stock
    most = output / wealth if wealth > 0.0 else 0.0
    share = consumption_share + closed_saving_adjustment * (wealth_growth - desired_growth)
    share = most if share > most else share
    return share if share > 0.0 else 0.0


def capital_stock(capital_stock, investment, closed_compute_investment, closed_depreciation):
    """Capital K after a quarter: K + ¼·((1−τ)·I − δ·K)."""
    added = (1.0 - closed_compute_investment) * investment - closed_depreciation * capital_stock
    return capital_stock + QUARTER_YEARS * added


def compute_stock(compute_stock, investment, closed_compute_investment, closed_depreciation):
    """Compute capital H_T after a quarter: H_T + ¼·(τ·I − δ·H_T)."""
    added = closed_compute_investment * investment - closed_depreciation * compute_stock
    return compute_stock + QUARTER_YEARS * added


def mean_compute(compute_stock, closed_external_effect):
    """The economy's compute in the work of capital, H̄ = H_T^e; 1 where the external effect e is 0."""
    return power(compute_stock, closed_external_effect)


def rented_compute(
    rented_compute, direct_compute, compute_stock, rental_bid, direct_rental, closed_arbitrage
):
    """Compute H_X that owners let the provider have next: more where it pays more than firms do.

    The odds of a unit to be rented to the provider move with the ratio of the two rentals.
    """
    if direct_compute <= 0.0 or direct_rental <= 0.0:
        return rented_compute
    odds = rented_compute / direct_compute * power(rental_bid / direct_rental, closed_arbitrage)
    return compute_stock * odds / (1.0 + odds)


def direct_compute(compute_stock, rented_compute):
    """Compute H that firms use directly: the rest."""
    rest = compute_stock - rented_compute
    return rest if rest > 0.0 else 0.0
