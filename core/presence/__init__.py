"""Who is here: tracked in memory, told to every node, kept as history in the database."""
