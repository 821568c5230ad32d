"""Options of a page that is small enough for tests."""

from viz.app.explore.run_options import RunOptions

SMALL = RunOptions(scenario="random_hosts", firms="500", seed="3")
