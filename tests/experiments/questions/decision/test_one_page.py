"""The page of a decision says what was chosen, who wins, and what it cannot know, in two languages."""

import re
from collections.abc import Callable

import pytest

from experiments.questions.decision.one_page import LANGUAGES, decision_record, one_page, page_words
from experiments.questions.decision.plans import PLANS, Plan
from experiments.questions.decision.worlds import AskingCity, World
from model.country.country import Country

TWO = (Plan("nothing"), Plan("basic", "basic"), Plan("later", "intelligent", 1.0, 8))
MADE = {"command": "ls", "version": "0", "rules": "1", "date": "2"}
Make = Callable[[int], list[World]]


def test_one_page(worlds: Make, there: Country, question: AskingCity) -> None:
    good = worlds(40)[1::2]  # in all of which basic is best
    told = decision_record(good, TWO, question, "city", there)
    page = one_page(told, MADE)
    city = told["city"]["en"]
    assert told["choice"] == "basic"
    assert f"**Robust choice: basic.** {city} builds a centre of basic compute for 2 bn CNY, at once." in page
    assert "Net gain +2.50 bn CNY in ten years" in page
    assert "beats each of the others in so many of the 20 worlds" in page
    assert "share none give the same choice" in page
    assert page.count("| basic |") == 1
    assert all(f"- {text}" in page for text in page_words("en")["unknown"].values())
    assert "smaller half +1.00 %, largest tenth −2.00 %" in page
    assert "nan" not in page


def test_a_page_for_doing_nothing(worlds: Make, there: Country, question: AskingCity) -> None:
    told = decision_record(worlds(20), TWO, question, "area", there)
    page = one_page(told, MADE)
    assert told["choice"] == "nothing"
    assert "in the median world is that of basic (mean net gain +0.60 bn CNY), but it beats doing" in page
    assert (
        "choose later and basic, and the best plan of one is shown to be worse by the other: **the choice"
        in page
    )
    assert "Nobody: the other plans are compared with it." in page
    assert "for the good of the city and the cities within 300 km" in page
    told = {**told, "halves_contradict": False, "choice": "basic", "not_told_apart": ["nothing", "later"]}
    assert "neither shows the best plan of the other to be worse" in one_page(told, MADE)
    assert "do not tell it apart from nothing, later" in one_page(told, MADE)


def test_the_chinese_page_has_the_same_numbers_in_its_unit(
    worlds: Make, there: Country, question: AskingCity
) -> None:
    told = decision_record(worlds(40)[1::2], TWO, question, "city", there)
    page = one_page(told, MADE, "zh")
    assert f"{told['city']['zh']}该不该建算力中心" in page
    assert "预算 20 亿元" in page
    assert "净收益 +25.0 亿元" in page  # 100 m CNY
    assert not re.search(r"[a-z]{3,}", page.replace("trading", "").replace("GDP", ""))


def test_words_agree() -> None:
    def places(language: str) -> dict[str, set[str]]:
        flat = {}
        for name, value in page_words(language).items():
            for key, text in value.items() if isinstance(value, dict) else [("", value)]:
                flat[f"{name}.{key}"] = set(re.findall(r"{(\w+)}", text))
        return flat

    one, two = (places(language) for language in LANGUAGES)
    assert one.keys() == two.keys()
    assert one == two
    assert all(f"plan.{plan.name}" in one for plan in PLANS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_are_as_many_as_cells(language: str) -> None:
    assert len(page_words(language)["columns"].split("|")) == 11
