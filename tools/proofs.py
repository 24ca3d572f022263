"""What a test proves: the one shape in which tests of every language reach the requirements page.

A finding is a test (or a mark that sits on none) with the ids it names and, when it does not count, the reason in plain
words.
"""

from dataclasses import dataclass


class UnreadableTestError(Exception):
    """A test file whose marks cannot be read; the text begins with the place as `file:line`."""


@dataclass(frozen=True)
class Finding:
    """A test that names ids; `why_not` is empty when it counts as their proof."""

    file: str
    line: int
    name: str
    ids: tuple[str, ...]
    why_not: str = ""

    @property
    def place(self) -> str:
        """Where to look, written as editors and terminals understand it."""
        return f"{self.file}:{self.line}"
