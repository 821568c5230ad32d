"""Estimators of treatment effects on panels of cities."""
