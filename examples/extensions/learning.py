"""Governments that learn by reinforcement whether more attention to the digital economy pays.

Sutton & Barto 2018, Reinforcement Learning, 2nd ed., section 2 (one state, incremental means).
"""

from agents.elementary import log
from model import Column, Extension, Measure, Parameter, before, for_each, wraps


def reward(innovation, innovation_before):
    """Growth of the city's innovation in the year, log points."""
    return log(innovation / innovation_before) if innovation > 0.0 and innovation_before > 0.0 else 0.0


def value_lower(value_lower, action, reward, learning_speed):
    """Expected growth after lowering attention: it moves towards what followed the last time."""
    return value_lower + learning_speed * (reward - value_lower) if action < 0.5 else value_lower


def value_keep(value_keep, action, reward, learning_speed):
    """The same after leaving it."""
    return value_keep + learning_speed * (reward - value_keep) if 0.5 < action < 1.5 else value_keep


def value_raise(value_raise, action, reward, learning_speed):
    """The same after raising it."""
    return value_raise + learning_speed * (reward - value_raise) if action > 1.5 else value_raise


def action(value_lower, value_keep, value_raise, exploration, draw_exploring, draw_action):
    """What the government does in the next year: the best known, or now and then anything. 0, 1 or 2."""
    if draw_exploring < exploration:
        return min(2.0, 3.0 * draw_action - 3.0 * draw_action % 1.0)
    if value_raise > value_keep:
        return 2.0 if value_raise > value_lower else 0.0
    return 1.0 if value_keep >= value_lower else 0.0


def innovation_before(innovation):
    """Innovation of this year, for the next."""
    return innovation


@wraps
def attention(below, action, policy_step):
    """The model's, raised or lowered, within 0 to 1."""
    return min(max(below + policy_step * (action - 1.0), 0.0), 1.0)


extension = Extension(
    "learning",
    meaning="governments learn what attention brings",
    rules=attention,
    parameters=[
        Parameter(
            "policy_step", 0.01, 0.0, 0.2, "0-1 per quarter", "change of attention; 0 is off", "judgement"
        ),
        Parameter("learning_speed", 0.3, 0.0, 1.0, "1/year", "weight of the last year", "judgement"),
        Parameter(
            "exploration", 0.1, 0.0, 1.0, "probability", "of anything, in a year", "Sutton & Barto 2018"
        ),
    ],
    columns={
        "cities": [
            Column("value_lower", "log points/year", "growth expected after lowering attention"),
            Column("value_keep", "log points/year", "after leaving it"),
            Column("value_raise", "log points/year", "after raising it"),
            Column("action", "step", "0 lowers attention, 1 leaves it, 2 raises it", start=1.0),
            Column("innovation_before", "innovations/quarter", "a year ago"),
        ]
    },
    events=before(
        "attention",
        for_each(
            "governments learn",
            "cities",
            reward,
            value_lower,
            value_keep,
            value_raise,
            action,
            innovation_before,
            every=4,
        ),
    ),
    measures=Measure("mean_action", "cities.action", how="mean", unit="step", meaning="of governments"),
    neutral={"policy_step": 0.0},
)
