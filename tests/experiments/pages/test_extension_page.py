"""The rules page of an extension, as Markdown and LaTeX."""

from experiments.pages.extension_page import extension_page, extension_tex
from tests.support.described_extension import WHOLE


def test_the_rules_page_has_all_that_the_extension_brings():
    page = extension_page(WHOLE)
    for text in (
        "firms remember",
        "| `fading` | 0.1 | 0 to 1 | 1/quarter | fading of 100 % | judgement |",
        "| `firms.streak` | quarters | with an innovation | 0 |",
        "| `mean_streak` | firms.streak | nation | mean | quarters |  |",
        "- *signature* `streak(streak, innovated, fading)`",
        "Success is spent.",
        "(`described_extension.py`, around the model's)",
        "- *columns* `city_wage`, `city_moved`",
        "Placed after `revenue`.",
    ):
        assert text in page, text
    assert page.index("Success is spent") < page.index("Quarters with an innovation.")


def test_latex_has_an_equation_for_each_rule():
    tex = extension_tex(WHOLE)
    assert r"\texttt{fading} & 0.1 & 0 to 1 & 1/quarter & fading of 100 \% \\" in tex
    case = r"\begin{cases}\mathit{lasting} + 1 & \text{if } \mathit{innovated} > 0.5 \\ "
    assert (
        rf"\mathit{{streak}} &= {case}\frac{{\mathit{{lasting}}}}{{2}} & \text{{otherwise}}\end{{cases}}"
        in tex
    )
    assert r"\mathit{lasting} &= \mathit{streak} \cdot \left(1 - \mathit{fading}\right)" in tex
    assert tex.count(r"\begin{align*}") == tex.count(r"\end{align*}") == 2
