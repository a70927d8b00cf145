"""Treebanks: reading them, a small one to ship, real ones to download; a sample submission."""
