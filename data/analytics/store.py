"""The folder of exported facts: `{folder}/{epoch}/events/{from}-{to}.parquet`, one unbroken chain of ranges of `seq`.

A file's name says what it holds: every fact of the log from `from` to `to`, both included; holes in `seq` are normal.
The chain is found by the names alone: it starts at the lowest range, goes on where the last one ended, and where two
files start together the longer one counts. So a merged file beside the parts it was made of, or a file of somebody who
was overtaken, is never counted twice, whatever crashed in between. What is not in the chain is swept away later.
Files appear whole or not at all: written under another name, flushed to the disk, then renamed.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import polars as pl

NAME = re.compile(r"^(\d{20})-(\d{20})\.parquet$")
PART = ".part"


class AnalyticsError(Exception):
    """The exported facts cannot be written or read; the sentence says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """One file of the chain."""

    start: int
    end: int
    path: Path

    @property
    def span(self) -> int:
        """How many facts it holds at most."""
        return self.end - self.start + 1


def chain_of(pieces: Iterable[Piece], floor: int = 0) -> list[Piece]:
    """The unbroken chain. `floor` is the last `seq` that the log no longer holds: nothing may be missing above it."""
    longest: dict[int, Piece] = {}
    for piece in pieces:
        known = longest.get(piece.start)
        if known is None or known.end < piece.end:
            longest[piece.start] = piece
    chain: list[Piece] = []
    position = min(longest, default=0)
    if position > floor + 1:
        return []
    while position in longest:
        chain.append(longest[position])
        position = chain[-1].end + 1
    return chain


class Store:
    """One history's files. Several readers may look while one writer works."""

    def __init__(self, folder: Path, epoch: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", epoch):
            raise ValueError("an epoch's name is letters, digits and hyphens: it names a folder")
        self.root = folder
        self.epoch = epoch
        self.events = folder / epoch / "events"
        self.rollups = folder / epoch / "rollups"

    def pieces(self) -> list[Piece]:
        """Every whole file, in the chain or not."""
        named = ((path, NAME.match(path.name)) for path in self.events.glob("*.parquet"))
        return sorted(Piece(int(match[1]), int(match[2]), path) for path, match in named if match)

    def chain(self, floor: int = 0) -> list[Piece]:
        return chain_of(self.pieces(), floor)

    def write(self, frame: pl.DataFrame, start: int, end: int) -> Piece:
        """Add one file to the chain."""
        path = self.events / f"{start:020d}-{end:020d}.parquet"
        write_parquet(frame, path)
        return Piece(start, end, path)

    def sweep(self, floor: int = 0) -> int:
        """Remove what the chain does not need: merged parts, files of the overtaken, halves; returns how many.

        For the writer alone, and only while nobody else can be writing: a half may be somebody's work.
        """
        kept = {piece.path for piece in self.chain(floor)}
        doomed = [piece.path for piece in self.pieces() if piece.path not in kept]
        doomed += [*self.events.glob(f"*{PART}"), *self.rollups.glob(f"*{PART}")]
        for path in doomed:
            path.unlink(missing_ok=True)
        return len(doomed)

    def remove_other_epochs(self) -> int:
        """Remove the files of histories that a restored backup ended; returns how many histories."""
        # Only what a store made is removed, should somebody point it at a folder with other things in it.
        others = [events.parent for events in self.root.glob("*/events") if events.parent.name != self.epoch]
        for path in others:
            shutil.rmtree(path, ignore_errors=True)
        return len(others)


def write_parquet(frame: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, metadata=metadata)
    part = path.with_name(f"{path.name}.{uuid4().hex}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise AnalyticsError(_explain(error)) from error


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "The folder for analytics has no room left; free some space, the export goes on by itself."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "The folder for analytics cannot be written to; check its owner and rights."
    return f"The folder for analytics cannot be written to: {os.strerror(error.errno or errno.EIO)}."
