"""What can go wrong with the embedded database, in sentences that say what to do about it.

PostgreSQL's own messages are exact and many; the handful that an operator can act on are recognised here, and the
rest are passed on as they stand, with the place of the log.
"""

from __future__ import annotations

from errno import EDQUOT, ENOSPC, EROFS


class EmbeddedPostgresError(Exception):
    """The embedded database cannot run; the message says why and what helps."""


FULL = "The disk that holds {home} is full: free some space, then start Tandem again."
READ_ONLY = "{home} cannot be written to, its disk is read-only: set TANDEM_DATA to a folder that can."
KNOWN = (
    (("No space left on device", "Disk quota exceeded"), FULL),
    (("Read-only file system",), READ_ONLY),
    (
        ("could not look up effective user ID",),
        "PostgreSQL wants a user with a name, not only a number: add this one to /etc/passwd, or set DATABASE_URL.",
    ),
    (
        ("could not map anonymous shared memory", "could not create shared memory segment", "Cannot allocate memory"),
        "There is not enough memory for the embedded database: free some, or set DATABASE_URL to another server.",
    ),
    (
        ("is still in use", "already exists", "is already in use"),
        "Another server still uses {home}: wait until it has ended, or end it, then start Tandem again.",
    ),
)


def explain(output: str, home: str, signal: int = 0) -> str:
    """Find the sentence for what a PostgreSQL program wrote before it gave up, or for the signal that ended it."""
    for signs, sentence in KNOWN:
        if any(sign in output for sign in signs):
            return sentence.format(home=home)
    lines = [line for line in output.splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    if signal and not grave:
        return f"The embedded database was ended from outside, by signal {signal}."
    last = (grave or lines or ["it said nothing"])[-1].strip()
    return f"The embedded database did not start: {last} (more in {home}/postgres.log)"


def explain_os(error: OSError, home: str) -> str:
    """Find the sentence for a failure of our own with files."""
    if error.errno in {ENOSPC, EDQUOT}:
        return FULL.format(home=home)
    if error.errno == EROFS:
        return READ_ONLY.format(home=home)
    if isinstance(error, PermissionError):
        return f"{error.filename or home} belongs to somebody else: start Tandem as its owner, or set TANDEM_DATA."
    return f"The embedded database did not start: {error.strerror or error} ({error.filename or home})"
