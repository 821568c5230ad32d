"""The commands of ``computeleap``; each imports the model only when it needs it."""
