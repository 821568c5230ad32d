"""The posterior ensemble: parameters that published figures do not rule out, and their effects."""
