"""The generator's processes, told all together: started, given their share of the members, asked, ended by their id."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from tools.load.client import Member
from tools.load.crowd import Opening, clock
from tools.load.marks import Stream
from tools.load.publisher import RestDoor
from tools.load.sync import Synced
from tools.load.worker import Measured, work

SOON = 0.3
"""Seconds until a measurement begins, so that every process has heard of it."""


class GeneratorError(Exception):
    """A process of the generator failed or fell silent."""


class Mergeable(Protocol):
    def merge(self, other: Any) -> None: ...


M = TypeVar("M", bound=Mergeable)


class Crew:
    def __init__(self, processes: int, cores: Sequence[int] = ()) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(processes):
            ours, theirs = context.Pipe()
            core = cores[number % len(cores)] if cores else None
            process = context.Process(target=work, args=(theirs, number, processes, core), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes if process.pid]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join(5)

    # --- what all do

    def set_up(self, host: str, port: int, dialect: str, members: Sequence[Member]) -> None:
        of = len(self._pipes)
        shares: list[list[Member]] = [[] for _ in range(of)]
        for member in members:
            shares[member.index % of].append(member)
        told = [{"host": host, "port": port, "dialect": dialect, "members": share} for share in shares]
        self._ask("set_up", told, 60)

    def open(self, together: int, seconds: float) -> Opening:
        share = max(1, together // len(self._pipes))
        found: list[Opening] = self._all("open", seconds + 30, {"together": share, "seconds": seconds})
        return _merged(found)

    def sync(self, together: int, seconds: float, people: int) -> Synced:
        told = {"together": together, "seconds": seconds, "people": people}
        found: list[Synced] = self._all("sync", seconds + 120, told)
        return _merged(found)

    def drop(self) -> int:
        return sum(self._all("drop", 60, {}))

    def stay(self, seconds: float) -> int:
        return sum(self._all("stay", seconds + 30, {"seconds": seconds}))

    def measure(self, run: str, streams: tuple[Stream, ...], drain: float, door: RestDoor | None = None) -> Measured:
        longest = max(stream.seconds for stream in streams)
        told = {"run": run, "streams": streams, "began": clock() + SOON, "drain": drain, "door": door}
        found: list[Measured] = self._all("measure", longest + drain + 60, told)
        return _merged(found)

    def _all(self, name: str, seconds: float, told: dict[str, Any]) -> list[Any]:
        return self._ask(name, [told] * len(self._pipes), seconds)

    def _ask(self, name: str, told: list[dict[str, Any]], seconds: float) -> list[Any]:
        for pipe, given in zip(self._pipes, told, strict=True):
            pipe.send((name, given))
        last, answers = clock() + seconds, []
        for pipe in self._pipes:
            answer: Any = None
            with suppress(EOFError):
                if pipe.poll(max(0.0, last - clock())):
                    answer = pipe.recv()
            if answer is None:
                raise GeneratorError(f"a process of the generator did not answer {name!r} in {seconds:.0f} s")
            good, value = answer
            if not good:
                raise GeneratorError(value)
            answers.append(value)
        return answers


def _merged(found: list[M]) -> M:
    first, *others = found
    for other in others:
        first.merge(other)
    return first
