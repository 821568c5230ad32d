"""The version of what the model does, apart from the program's: raised when the same seed gives other results."""

VERSION = "1"
