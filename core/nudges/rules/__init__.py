"""What may reach somebody, and whom of their friends to tell them of. Pure."""
