"""The facts of the scorecard have bounds, sources and, where they are not claimed, a cause."""

from experiments.validation.facts.thirty_facts import LEFT_OUT, scored_facts


def test_facts_are_complete() -> None:
    found = scored_facts()
    assert len({one.id for one in found}) == len(found)
    assert sum(one.group in ("firms", "cities", "centres") for one in found) >= 30
    assert {f"F{n}" for n in range(1, 31)} <= {one.id.split("-")[0] for one in found} | set(LEFT_OUT)
    for one in found:
        assert one.low < one.high
        assert one.source
        assert one.claimed or one.cause, one.id


def test_a_run_passes_within_the_bounds() -> None:
    tail = next(one for one in scored_facts() if one.id == "F6")
    assert tail.passes({"X1": 1.2})
    assert tail.passes({"X1": 1.6}) is False
    assert tail.passes({"X1": None}) is tail.passes({}) is None
