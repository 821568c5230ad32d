"""Own research and the innovations of partners as complements: another innovation function.

Cassiman & Veugelers 2006, Management Science 52(1), 68-82.
"""

from agents.elementary import exp
from agents.innovation import quality as quality_of_sum
from model import Extension, Parameter


def combined(own, converted, exponent):
    """λ = 2·(½·own^ρ + ½·converted^ρ)^(1/ρ), innovations/quarter.

    At ρ = 1 it is the sum, as in the model. Below, a firm with as much of the one as of the other has what
    it had, and one without either has less.
    """
    if exponent == 1.0:
        return own + converted
    return 2.0 * (0.5 * own**exponent + 0.5 * converted**exponent) ** (1.0 / exponent)


def innovation_probability(own_intensity, conversion_intensity, knowledge_exponent):
    """Chance that a product line innovates, 1 − exp(−λ)."""
    return 1.0 - exp(-combined(own_intensity, conversion_intensity, knowledge_exponent))


def innovations(own_innovations, converted_innovations, knowledge_exponent):
    """Expected innovations in all product lines: λ of the firm, since twice of both makes twice as many."""
    return combined(own_innovations, converted_innovations, knowledge_exponent)


def quality(
    quality,
    innovated,
    innovation_probability,
    own_intensity,
    conversion_intensity,
    lines,
    nation_mean_innovation,
    quality_step,
    conversion_step,
    common_progress,
    knowledge_spillover,
    quality_shock,
    shock_chance,
    size_volatility,
    draw_shock,
    knowledge_exponent,
):
    """The model's quality, with the gain of both sources times λ over their sum."""
    total = own_intensity + conversion_intensity
    part = combined(own_intensity, conversion_intensity, knowledge_exponent) / total if total > 0.0 else 1.0
    return quality_of_sum(
        quality,
        innovated,
        innovation_probability,
        own_intensity * part,
        conversion_intensity * part,
        lines,
        nation_mean_innovation,
        quality_step,
        conversion_step,
        common_progress,
        knowledge_spillover,
        quality_shock,
        shock_chance,
        size_volatility,
        draw_shock,
    )


extension = Extension(
    "complements",
    meaning="own research and the innovations of partners are complements",
    rules=[innovation_probability, innovations, quality],
    parameters=Parameter(
        "knowledge_exponent",
        0.5,
        0.1,
        1.0,
        "exponent",
        "ρ of own and converted knowledge, whose elasticity of substitution is 1/(1 − ρ); 1: they add up",
        "judgement; that they are complements: Cassiman & Veugelers 2006",
    ),
    neutral={"knowledge_exponent": 1.0},
)
