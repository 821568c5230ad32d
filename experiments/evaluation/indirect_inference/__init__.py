"""Total, own and spillover effects of centres by indirect inference: the model as an auxiliary world."""
