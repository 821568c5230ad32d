"""A user-defined kind of agents without rows."""

from model import AgentKind, Column, Extension
from tests.support.small_run import run


def test_a_kind_may_start_without_agents(country):
    kind = AgentKind("shops", "shop_", [Column("open", "flag", "")], lambda: {"open": []}, at_work="open")
    made = run(country, 1, extension=Extension("shops", agents=kind), engine="interpreted")
    assert made.state["shops"].rows == 0
    assert len(made.agents_by_type[made.agent_types[-1]]) == 0
