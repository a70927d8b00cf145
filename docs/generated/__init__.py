"""What pages of the site hold that is taken from the program: `{generated} docs.generated.X:F`."""
