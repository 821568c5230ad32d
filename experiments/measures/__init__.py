"""Measures of panels: effects, inequality, convergence, mobility, leapfrogging."""
