"""Facts: the catalogue of every event and the append-only log that holds them."""

from core.events import boards as boards
from core.events import cohorts as cohorts
from core.events import feed as feed
from core.events import growth as growth
from core.events import nudges as nudges
from core.events import workshop as workshop
