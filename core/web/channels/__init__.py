"""The channel socket: Phoenix Channels V2, so that stock clients join, push and listen unmodified."""
