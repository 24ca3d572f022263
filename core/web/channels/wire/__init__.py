"""The wire of the live socket: frames, handshakes, and the two things that carry them, behind one interface."""
