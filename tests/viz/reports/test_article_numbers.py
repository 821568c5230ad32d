"""Numbers of the article are those of the files."""

import json

import pytest

from experiments.measures.number_text import estimate
from tests import ROOT
from viz.reports.article_numbers import ArticleNumbers, in_words


@pytest.fixture(scope="module")
def numbers() -> ArticleNumbers:
    return ArticleNumbers(ROOT / "docs")


def test_numbers_are_those_of_the_files(numbers: ArticleNumbers) -> None:
    rows = json.loads((ROOT / "docs/validation/validation.json").read_text(encoding="utf-8"))["rows"]
    row = next(row for row in rows if (row["id"], row["scenario"]) == ("C0", "actual"))
    assert numbers.value("C0") == estimate(row["measured"], row["se"])
    assert numbers.value("C0", "random_hosts") != numbers.value("C0")
    assert numbers.verdict("C0") == row["verdict"]
    low, high = numbers.span("effect_hosts").replace("−", "-").split(" to ")
    assert float(low) < float(numbers.typical("effect_hosts")) < float(high)
    assert 90 <= int(numbers.same_sign("effect_hosts")) <= 100
    assert int(numbers.seeds_share("effect_hosts")) < int(numbers.seeds_share("change_theil"))
    assert "±" in numbers.cell("cities", "the host", "effect on innovation, %")
    assert float(numbers.cell("capacity ×", "use", "8")) < float(numbers.cell("capacity ×", "use", "1"))
    assert "±" in numbers.readme("innovation in host cities")
    assert 0 <= int(numbers.far_share()) <= 100


def test_parts_indices_and_forecasts(numbers: ArticleNumbers) -> None:
    assert numbers.part("effect_national", "price").endswith("]")
    assert numbers.index("effect_national", "Research").startswith("0.")
    assert float(numbers.rmse("grants, provinces")) > 0.0
    assert 0 <= int(numbers.covered("grants, provinces")) <= 100
    counts = [numbers.contests(which) for which in ("won", "lost", "drawn", "all")]
    values = [int(one) if one.isdigit() else [in_words(k) for k in range(11)].index(one) for one in counts]
    assert sum(values[:3]) == values[3]
    assert numbers.about("members") == str(len(numbers.ensemble.members))
    coverage, error = numbers.audit_cell("double ML", "random", "coverage").split(" ± ")
    assert int(coverage) > 50 > 3 * int(error) > 0
    assert "facts)" in numbers.said("firms")
    assert "docs/" not in numbers.said("centres")


def test_what_is_not_there_is_an_error(numbers: ArticleNumbers) -> None:
    for call in (
        lambda: numbers.value("C99"),
        lambda: numbers.cell("cities", "no such row", "number"),
        lambda: numbers.readme("happiness"),
        lambda: numbers.index("effect_national", "Weather"),
    ):
        with pytest.raises(KeyError):
            call()
