"""The sample submission."""
