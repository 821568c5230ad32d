"""What rules and procedures read and write."""

from model.extensions.dependencies import dependencies
from tests.support.described_extension import WHOLE


def test_what_reads_what():
    found = dependencies(WHOLE)
    own = found[found["own"] == "own"]
    reads = own[own["how"] == "reads"].groupby("rule")["what"].agg(set)
    assert reads["streak"] == {"firms.streak", "firms.innovated", "fading"}
    assert {"firms.streak", "firms.value_added"} < reads["research_spending"]
    writes = own[own["how"] == "writes"].groupby("rule")["what"].agg(set)
    assert writes["shift"] == {"cities.moved"}
    assert writes["research_spending"] == {"firms.research_spending", "cities.research_spending"}
