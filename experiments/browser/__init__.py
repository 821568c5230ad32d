"""What a page without Python needs of a study: its module, its tables and its centres."""
