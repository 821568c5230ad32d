"""The graph of what reads what."""

import pytest

from agents.user_error import UserError
from model.extensions.extended_model import extended
from tests.support.described_extension import WHOLE
from viz.figures.dependency_graph import dependency_graph


def test_rules_stand_between_what_they_read_and_who_reads_them():
    drawn = {text.get_text() for text in dependency_graph(WHOLE).axes[0].texts}
    assert {"streak", "firms.streak", "fading", "labour_spending"} <= drawn
    alone = {text.get_text() for text in dependency_graph(extended(), "wage").axes[0].texts}
    assert {"wage", "cities.wage", "attraction"} <= alone
    with pytest.raises(UserError, match="there is no rule wages"):
        dependency_graph(WHOLE, "wages")
    with pytest.raises(UserError, match="no extension to draw"):
        dependency_graph(extended())
