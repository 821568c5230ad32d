"""A visitor's own tables and results: received in parts, checked, and read by the project's readers."""
