"""A small treebank that this project wrote itself, and the grammar that wrote it."""
