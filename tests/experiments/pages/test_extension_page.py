"""What describes an extension: its rules page, LaTeX, graph and stub."""

import pytest

from agents.user_error import UserError
from experiments.pages.extension_page import extension_page, extension_tex
from experiments.pages.name_stubs import extension_stub
from experiments.pages.rule_tex import rule_tex
from model import Column, Extension, Measure, Parameter, after, for_each, procedure, wraps
from model.extensions.dependencies import dependencies
from model.extensions.extended_model import extended
from viz.figures.dependency_graph import dependency_graph


def streak(streak, innovated, fading):
    """Quarters with an innovation."""
    lasting = streak * (1.0 - fading)
    return lasting + 1.0 if innovated > 0.5 else lasting / 2.0


@wraps
def research_spending(below, streak):
    """Success is spent."""
    return below * (1.0 + 0.1 * streak)


def shift(city_wage, city_moved, fading):
    """Wages move."""
    for city in range(len(city_wage)):
        city_moved[city] = city_wage[city] * fading


OWN = Extension(
    "own",
    meaning="firms remember",
    rules=research_spending,
    parameters=Parameter("fading", 0.1, 0.0, 1.0, "1/quarter", "fading of 100 %", "judgement"),
    columns={
        "firms": Column("streak", "quarters", "with an innovation"),
        "cities": Column("moved", "money", "by"),
    },
    events=[
        after("revenue", for_each("firms count", "firms", streak, where="alive")),
        after("wage", procedure("wages move", shift)),
    ],
    measures=Measure("mean_streak", "firms.streak", how="mean", unit="quarters"),
)
WHOLE = extended(OWN)


def test_the_rules_page_has_all_that_the_extension_brings():
    page = extension_page(WHOLE)
    for text in (
        "firms remember",
        "| `fading` | 0.1 | 0 to 1 | 1/quarter | fading of 100 % | judgement |",
        "| `firms.streak` | quarters | with an innovation | 0 |",
        "| `mean_streak` | firms.streak | nation | mean | quarters |  |",
        "- *signature* `streak(streak, innovated, fading)`",
        "Success is spent.",
        "(`test_extension_page.py`, around the model's)",
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
    assert r"\begin{verbatim}" in rule_tex("shift", shift)  # a loop is no equation


def test_what_reads_what():
    found = dependencies(WHOLE)
    own = found[found["own"] == "own"]
    reads = own[own["how"] == "reads"].groupby("rule")["what"].agg(set)
    assert reads["streak"] == {"firms.streak", "firms.innovated", "fading"}
    assert {"firms.streak", "firms.value_added"} < reads["research_spending"]
    writes = own[own["how"] == "writes"].groupby("rule")["what"].agg(set)
    assert writes["shift"] == {"cities.moved"}
    assert writes["research_spending"] == {"firms.research_spending", "cities.research_spending"}
    drawn = {text.get_text() for text in dependency_graph(WHOLE).axes[0].texts}
    assert {"streak", "firms.streak", "fading", "labour_spending"} <= drawn
    alone = {text.get_text() for text in dependency_graph(extended(), "wage").axes[0].texts}
    assert {"wage", "cities.wage", "attraction"} <= alone
    with pytest.raises(UserError, match="there is no rule wages"):
        dependency_graph(WHOLE, "wages")
    with pytest.raises(UserError, match="no extension to draw"):
        dependency_graph(extended())


def test_the_stub_knows_names_of_the_extension():
    stub = extension_stub(WHOLE, "a test")
    assert "    streak: _Name = float  # quarters: with an innovation" in stub
    assert "    city_moved: _Name = float" in stub
    assert "    fading: _Name = float  # parameter, 1/quarter: fading of 100 %" in stub
    assert "    streak: float  # quarters: with an innovation" in stub
