"""What runs on the other side: the nursery and its workers. Holds no test, no answer, no score."""
