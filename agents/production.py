"""The final good of the closed economy: how a firm turns capital, compute and services into output.

Used by the rules of ``agents/closed_economy.py``. [document 003, appendix]
"""

from agents.elementary import power


def final_output(capital, compute, services, mean_compute, productivity, capital_share, compute_share):
    """Output Y = A·(H̄K)^α·H^β·X^(1−α−β), goods/year.

    K capital, H compute used directly, X compute services, H̄ the economy's compute (an external
    effect), A ``productivity``. Constant returns to K, H and X together.
    """
    with_capital = power(mean_compute * capital, capital_share)
    with_compute = power(compute, compute_share)
    return productivity * with_capital * with_compute * power(services, 1.0 - capital_share - compute_share)


def services_at_price(price, capital, compute, mean_compute, productivity, capital_share, compute_share):
    """Services, a year, of which the last one brings a firm just its price: ∂Y/∂X = p.

    X = [(1−α−β)·A·(H̄K)^α·H^β / p]^(1/(α+β)), with the firm's capital and compute as they are; none
    where there is no price because nobody sells.
    """
    if price <= 0.0:
        return 0.0
    share = 1.0 - capital_share - compute_share
    one_service = final_output(
        capital, compute, 1.0, mean_compute, productivity, capital_share, compute_share
    )
    return power(share * one_service / price, 1.0 / (capital_share + compute_share))
