"""Extensions: rules, parameters, columns, events and agents added from outside."""
