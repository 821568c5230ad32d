"""The parts of a study that a page without Python needs: module, tables and centres."""
