"""From the log to those who watch: pub/sub between nodes, relay, hub, LiveViews and their replicas."""
