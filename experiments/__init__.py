"""Questions put to the model: twins, metrics, results on disk."""
