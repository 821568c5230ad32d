"""Analysis of sweeps: sensitivity, calibration, optimisation, scenario discovery."""
