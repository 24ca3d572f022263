"""Nudges: who may be told of whom, when, how often and by which way; and the queue of notifications everybody has."""
