"""What the house knows about itself: its jobs' runs, its switches, how long it keeps what."""
