"""People and doors: who somebody is, what they are called in public, what they may do."""
