"""Signing in to pages: who a browser is, and the doors by which it becomes somebody."""
