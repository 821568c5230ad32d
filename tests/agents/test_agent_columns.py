"""Columns as attributes of agents, in the stub that editors read."""

from agents.agent_columns import FirmColumns
from agents.firm import Firm
from tests import ROOT


def test_the_stub_names_columns_with_type_and_unit():
    stub = (ROOT / "agents" / "agent_columns.pyi").read_text(encoding="utf-8")
    assert "class FirmColumns:\n    city: int  # row of cities: city in which the firm works" in stub
    assert "    value_added: float  # money/quarter" in stub  # also where a rule has that name
    assert "Any" not in stub
    assert "    compute_bill: float  # money/quarter" in stub
    assert issubclass(Firm, FirmColumns)
    assert Firm.decisions() == {}
