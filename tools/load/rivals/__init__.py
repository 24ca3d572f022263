"""Servers to compare with: the same rooms, the same checked token, the same message, by the usual means."""
