"""Studies: settings, arms, runs in worker processes."""
