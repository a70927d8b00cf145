"""`python -m autograder` is `arcgrade`."""

from autograder.cli import main

main(prog_name="arcgrade")
