"""Hostile submissions and hostile peers, and what the grader makes of them."""
