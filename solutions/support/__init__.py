"""What students are given to train their parser with: everything around the network."""
