"""Help pages: flags without types, usage without doubled brackets, what may stand anywhere."""

from __future__ import annotations

import pytest

from tests.support.cli import call
from viz.cli.help_pages import EVERYWHERE, WAYS_IN


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        ("convergence", "computeleap convergence [OPTIONS] RESULTS"),
        ("parameters", "computeleap parameters [OPTIONS] [NAME]..."),
        ("run", "computeleap run [OPTIONS] [SCENARIO]"),
        ("sweep query", "computeleap sweep query [OPTIONS] STORE SQL"),
        ("study splits", "computeleap study splits [OPTIONS] [SCENARIO]..."),
        ("extension check", "computeleap extension check [OPTIONS] NAME..."),
        ("sweep merge", "computeleap sweep merge [OPTIONS] STORE OTHER…"),
        ("study", "computeleap study [OPTIONS] COMMAND [ARGS]..."),
    ],
)
def test_usage_and_flags_are_plain(words: str, usage: str) -> None:
    result = call(*words.split(), "-h", env={"COLUMNS": "100"})
    assert result.exit_code == 0, (result.output, result.exception)
    page = result.stdout
    assert f"Usage: {usage} " in page
    assert "<bool>" not in page
    assert words == "study" or EVERYWHERE in page


def test_the_ways_in_name_pages_that_are_there() -> None:
    from tests import ROOT

    for page in ("docs/start.md", "docs/tutorials/own-rule.md"):
        assert page in WAYS_IN
        assert (ROOT / page).exists()
