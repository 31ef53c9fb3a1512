"""The commands of `pincite`, a module each kind; importing them loads nothing heavy."""
