"""Who decides: one file per kind of agent, with its state columns, its rules and its Mesa face."""
