"""Doors to the network: REST and the channel socket. The only rooms of the core that know Tornado."""
