"""Own research and the innovations of partners as complements: another innovation function.

Cassiman & Veugelers 2006, Management Science 52(1), 68-82.
"""

from agents.elementary import exp
from model import Extension, Parameter


def innovation_probability(own_intensity, conversion_intensity, knowledge_exponent):
    """Chance to innovate, 1 − exp(−λ), with λ = 2·(½·own^ρ + ½·converted^ρ)^(1/ρ) innovations/quarter.

    At ρ = 1 it is the sum, as in the model. Below, a firm with as much of the one as of the other has what
    it had, and one without either has less.
    """
    if knowledge_exponent == 1.0:
        return 1.0 - exp(-(own_intensity + conversion_intensity))
    mean = 0.5 * own_intensity**knowledge_exponent + 0.5 * conversion_intensity**knowledge_exponent
    return 1.0 - exp(-2.0 * mean ** (1.0 / knowledge_exponent))


extension = Extension(
    "complements",
    meaning="own research and the innovations of partners are complements",
    rules=innovation_probability,
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
