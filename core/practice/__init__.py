"""Practice as it runs: alone, with somebody, and beside everybody who practises the same."""
