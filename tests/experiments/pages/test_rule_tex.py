"""Rules as LaTeX: equations where they are, else the text."""

from agents.elementary import exp
from experiments.pages.rule_tex import escaped, rule_tex
from tests.support.described_extension import shift


def share(wage, price):
    """The share of 50 %."""
    return min(-(wage + price) * exp(-wage) % 2.0, (wage - 1.0) ** 2.0) if wage >= price else 0.0


def test_an_expression_is_an_equation():
    wage, price = r"\mathit{wage}", r"\mathit{price}"
    tex = rule_tex("share", share)
    product = rf"\left(-\left({wage} + {price}\right)\right) \cdot \exp\left(-{wage}\right)"
    for part in (
        product,
        rf"{{\left({wage} - 1\right)}}^{{2}}",
        rf"{wage} \geq {price}",
        r"The share of 50 \%.",
    ):
        assert part in tex, part


def test_a_loop_is_no_equation():
    assert r"\begin{verbatim}" in rule_tex("shift", shift)
    assert escaped("a_b & c") == r"a\_b \& c"
