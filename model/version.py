"""The version of what the model does: raised when the same seed gives other results."""

VERSION = "2"
