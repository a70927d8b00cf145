"""An imitation of Gradescope's platform, to run a bundle in; `nox -s gradescope` does."""
