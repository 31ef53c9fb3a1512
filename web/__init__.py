"""Everything through which a person or a program reaches Pincite: pages, JSON, the command line."""
