"""The room that knows about processes: student code runs in confined workers."""
