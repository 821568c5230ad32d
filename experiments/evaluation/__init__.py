"""Causal evaluation of a city panel, simulated or observed: estimators, what they are held to, reports."""
