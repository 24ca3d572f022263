"""What happens at a time: thin functions that call commands, run by the one node that holds the lease."""
