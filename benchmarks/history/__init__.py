"""Timings for airspeed velocity, which runs them on commits of the past (asv.conf.json)."""
