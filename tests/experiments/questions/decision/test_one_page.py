"""The page of a decision says what was chosen, who wins, and what it cannot know."""

from collections.abc import Callable

from experiments.questions.decision.one_page import UNKNOWN, decision_record, one_page
from experiments.questions.decision.plans import Plan
from experiments.questions.decision.worlds import Question, World
from model.country.country import Country


def test_one_page(worlds: Callable[[int], list[World]], there: Country, question: Question) -> None:
    plans = [Plan(name, f"does {name}") for name in ("nothing", "basic", "later")]
    told = decision_record(worlds(20), plans, question, "city", there.cities)
    page = one_page(told, "Made by a test.")
    assert told["choice"] == "basic"
    assert "**Robust choice: basic**" in page
    assert "disagree: the choice is not firm" in page
    assert page.count("| basic |") == 1
    assert all(f"- {words[0].upper()}{words[1:]}." in page for words in UNKNOWN)
    assert "smaller half +1.0 %" in page
    nothing = one_page({**told, "choice": "nothing"}, "Made by a test.")
    assert "Nobody: it is what the others are compared with." in nothing
