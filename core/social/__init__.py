"""What people do with each other: friends now, rooms and challenges later."""
