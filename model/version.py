"""The version of the model's results: raised when the same seed gives other results."""

VERSION = "3.0"
