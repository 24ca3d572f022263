"""A node whose presence tells everybody of everybody, however many there are: for measurements only."""

from __future__ import annotations

import sys

from core.presence.announcer import Announcer
from panel_app import main

Announcer.limit = 10**9

if __name__ == "__main__":
    sys.exit(main([]))
