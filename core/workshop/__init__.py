"""Workshops: a team's guided run of a template, from the lobby to its actions. See `docs/workshop.md`."""
