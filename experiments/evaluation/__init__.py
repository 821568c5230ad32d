"""Causal evaluation of a city panel, simulated or observed: estimators, true effects, reports."""
