"""Treebanks, and the sample submission."""
