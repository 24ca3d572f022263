"""What people did: taken in, kept, shown to those who may see it."""
