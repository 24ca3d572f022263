"""Reports and comparisons as files: one writer a format, each a function from the value to bytes.

Writers are pure and may be run in any thread. `write` runs one beside the event loop, one at a time in a process, so
that a large workshop's export holds up nobody.
"""
