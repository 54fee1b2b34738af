"""Pure functions that clean and normalise text."""
