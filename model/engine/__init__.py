"""The engine: tables of state, rules bound to columns, interpreted or compiled to the same bits."""
