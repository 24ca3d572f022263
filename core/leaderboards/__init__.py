"""Boards: who practised most and who answers best, today, this week and over all time."""
