"""Signs over parameters come from the shipped ensemble, and only for the study that it is of."""

from experiments.ensemble.members import shipped_ensemble
from experiments.validation.parameter_rows import EFFECTS, parameter_rows, sign_shares
from experiments.validation.rows import ValidationRuns


def test_a_sign_holds_if_nine_of_ten_members_have_it() -> None:
    found = shipped_ensemble()
    rows = {one.id: one for one in sign_shares(found)}
    assert len(rows) == len(EFFECTS)
    share = float((found.members["effect_hosts"] > 0).mean())
    assert rows["C0 members"].measured == share
    assert rows["C0 members"].verdict == ("holds" if share >= 0.9 else "undecided")
    for one in rows.values():
        assert bool(one.reason) == (one.verdict != "holds")


def test_another_country_has_no_such_rows(context: ValidationRuns) -> None:
    assert parameter_rows(context.changed(quick=False)) == []
    assert parameter_rows(context) == []
