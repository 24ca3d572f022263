"""The ground floor: PostgreSQL (embedded or elsewhere), Redis, tables, migrations, backups, analytics files, content.

Nothing here knows a rule of the product, reads a setting or imports `core`: whoever builds an `App` hands in addresses
and folders. What stands here promises to keep what it was given, and to say in one sentence when it cannot.
"""
