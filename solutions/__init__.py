"""What a perfect student hands in. Knows nothing of the grader."""
