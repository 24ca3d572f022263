"""The rules of a workshop, pure: `decide` says what follows from a move, `apply` what a fact makes of the state."""

from core.workshop.rules.changes import apply as apply
from core.workshop.rules.decide import decide as decide
from core.workshop.rules.decide import run as run
