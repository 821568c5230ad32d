"""The figures of the article show every row that they are given."""

from experiments.ensemble.decomposition import MECHANISMS
from tests import ROOT
from viz.figures.article_figures import EFFECTS, article_figures
from viz.reports.article_numbers import ArticleNumbers


def test_all_rows_are_drawn() -> None:
    numbers = ArticleNumbers(ROOT / "docs")
    found = article_figures(numbers.ranges, numbers.parts, numbers.indices, numbers.card, numbers.forecast)
    assert len(found["article_ranges"].axes[0].get_yticks()) == len(EFFECTS)
    assert [len(axes.get_yticks()) for axes in found["article_parts"].axes] == 3 * [len(MECHANISMS) + 1]
    assert len(found["article_facts"].axes[0].lines) == len(numbers.card["rows"])
    assert len(found["article_forecast"].axes) == len(numbers.forecast["contests"])
    assert len(found["article_sensitivity"].axes[0].get_xticks()) == len(
        {row["effect"] for row in numbers.indices["rows"]}
    )
