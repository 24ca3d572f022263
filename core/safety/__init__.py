"""The gate that every social action passes, and what it stands on: rules, limits, redaction, block-lists."""
