"""Seed data of the demo: labelled, never used in production."""
