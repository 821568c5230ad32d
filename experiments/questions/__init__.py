"""The named studies: ablation, regimes, layouts, oversupply, the closed economy."""
