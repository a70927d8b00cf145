"""The autograder: checks a submission against the rubric."""
