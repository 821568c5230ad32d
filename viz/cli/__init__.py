"""What each command of ``computeleap`` does; nothing of the model is imported before a command needs it."""
