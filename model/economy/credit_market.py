"""Credit to builders of centres: a lender with leverage, whose losses make it ask more (off by default).

The charge on capital (``capital_charge``) already holds interest, and the country bears what failed builders
owe; the lender's books say whose gain and loss that is. Its condition is what it adds to the hurdle of
builders.
"""


def lend(
    provider_built,
    provider_failing,
    provider_cost,
    nation_product,
    nation_lender_equity,
    nation_loans,
    nation_loan_losses,
    nation_credit_premium,
    nation_city_credit,
    lender_leverage,
    lender_capital,
    loan_share,
    loan_margin,
    loan_recovery,
    credit_slope,
):
    """Keep the lender's books and set its conditions, harder as loans near what leverage allows.

    It adds a premium to the hurdle of private builders, and lends cities a smaller part of what they pay.

    Equity grows with the margin and the premium, falls with losses, and is at most ``lender_capital`` of the
    quarter's product: the rest is paid out. A lender that has lost nine tenths of it is recapitalised.
    """
    loans, losses = 0.0, 0.0
    for p in range(len(provider_built)):
        if provider_built[p] > 0.5:
            loan = loan_share * provider_cost[p]
            if provider_failing[p] > 0.5:
                losses += (1.0 - loan_recovery) * loan
            else:
                loans += loan
    most = lender_capital * nation_product[0]
    earned = 0.25 * (loan_margin + nation_credit_premium[0]) * nation_loans[0]
    equity = (nation_lender_equity[0] if nation_lender_equity[0] > 0.0 else most) + earned - losses
    equity = equity if equity < most else most
    equity = equity if equity > 0.1 * most else 0.1 * most
    used = loans / (lender_leverage * equity) if equity > 0.0 else 0.0
    used = used if used < 0.95 else 0.95
    nation_lender_equity[0] = equity
    nation_loans[0] = loans
    nation_loan_losses[0] = losses
    nation_credit_premium[0] = credit_slope * used / (1.0 - used)
    nation_city_credit[0] = loan_share * (1.0 - used)
