"""What builds the site: formulas, figures, editions, and the command that makes all of it."""
