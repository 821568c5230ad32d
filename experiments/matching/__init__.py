"""History matching with the model itself: how the posterior ensemble is made."""
