"""Scenarios: which centres open where and when, and with which parameters."""
