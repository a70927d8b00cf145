# rnn.py: nothing is written.
# Loses: 3a.9 3b.1 3b.2 3b.3 3b.4 3b.5 3b.6 3b.7 3b.8 3b.9 3b.10 3c.1 3c.2 3c.3 3c.4 3c.5 3c.6 3c.7 3c.8 3c.9 3c.11 3c.12 3c.13 3c.14 3c.15 3c.16 3c.17 3d.9
import torch
