"""A random walk through a workshop: people join, leave, refresh, score twice and at once, and press everything.

Beside the machine it keeps books of its own: what everybody last gave, and how long the clock ran. It also runs a twin
of every question in which all scores are mirrored: until the reveal nothing public may tell the two apart.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

from core.errors import TandemError
from core.events import workshop as e
from core.workshop.rules import moves as m
from core.workshop.rules import run
from core.workshop.rules.clocks import time_status, used_ms
from core.workshop.rules.projection import clocks, own, public
from core.workshop.rules.state import PHASES, Sealed
from core.workshop.rules.waiting import fewest, turn, waiting_for
from tests.workshop.kit import HEALTH, SIX, Room, running_for, uid

Place = tuple[int, int, int]
STAGES = ("transition", "awaiting", "revealed")
STRANGER = uid(999_999)


class Walker:
    def __init__(self, seed: int, most: int = 20) -> None:
        self.chance = chance = random.Random(seed)
        self.room = Room(
            chance.choice([SIX, SIX, HEALTH]),
            disclosure=chance.choice(["named", "anonymous", "turns"]),
            total_duration_minutes=chance.choice([None, 30, 120, 475]),
            skip_intro=chance.random() < 0.3,
            max_participants=most,
        )
        self.gave: dict[UUID, int] = {}
        self.twin = Sealed()
        self.ran_ms = 0
        self.steps = 0
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.places: set[Place] = set()
        self.last = self.place()
        for _ in range(chance.randint(1, 20)):
            self.try_move(None, self.joining(observer=chance.random() < 0.1))

    def place(self) -> Place:
        state = self.room.state
        stage = STAGES.index(state.stage) if state.stage else -1
        return PHASES.index(state.phase), state.question, stage

    # --- choosing

    def joining(self, observer: bool) -> m.Join:
        id, taken = self.room.new_id(), self.room.state.people
        name = self.chance.choice(taken).name if taken and self.chance.random() < 0.1 else f"N {id.int % 10**9}"
        return m.Join(participant_id=id, name=name or "x", observer=observer, facilitator=not taken)

    def anybody(self) -> UUID:
        people = self.room.state.people
        return self.chance.choice(people).id if people and self.chance.random() < 0.98 else STRANGER

    def leader(self) -> UUID:
        leader = self.room.state.facilitator
        return leader.id if leader and self.chance.random() < 0.8 else self.anybody()

    def value(self) -> object:
        if self.chance.random() < 0.05:
            return self.chance.choice([99, -99, 2.0, "3", True, None])
        question = self.room.state.template.question(max(self.room.state.question, 1))
        return self.chance.randint(question.scale_min, question.scale_max)

    def choose(self) -> tuple[UUID | None, m.AnyMove]:
        chance, state = self.chance, self.room.state
        version = state.version - (chance.random() < 0.05)
        who, other, lead = self.anybody(), self.anybody(), self.leader()
        wanted = [p.id for p in waiting_for(state)] or [who]
        hopeful = chance.choice(wanted)
        slow = turn(state)
        note = chance.choice(state.notes).id if state.notes else STRANGER
        action = chance.choice(state.actions).id if state.actions else STRANGER
        turns: list[tuple[int, UUID | None, m.AnyMove]] = [
            (30, hopeful, m.Submit(version=version, question=state.question, value=self.value())),
            (5, who, m.Submit(version=version, question=chance.randint(0, 9), value=self.value())),
            (25, hopeful, m.Ready(version=version)),
            (3, who, m.Ready(version=version, ready=chance.random() < 0.5)),
            (3, lead, m.Advance(version=version, override=chance.random() < 0.5)),
            (4, who, m.Leave(version=version)),
            (4, None, m.MarkAway(participant_id=who)),
            (10, None, m.Return(participant_id=who, proved=chance.random() < 0.3)),
            (2, None, m.FailPin(participant_id=who)),
            (2, None, m.AskReentry(knock_id=self.room.new_id(), participant_id=who)),
            (2, None, m.Succeed()),
            (2, None, self.joining(observer=chance.random() < 0.3)),
            (1, lead, m.Drop(version=version, participant_id=other)),
            (1, who, m.TakeOver(version=version)),
            (1, lead, m.HandOver(version=version, participant_id=other)),
            (2, lead, m.SetObserver(version=version, participant_id=other, observer=chance.random() < 0.5)),
            (2, slow.id if slow else who, m.PassTurn(version=version, participant_id=slow.id if slow else who)),
            (1, lead, m.ShowNames(version=version, question=state.question)),
            (2, lead, m.Pause(version=version)),
            (2, lead, m.Resume(version=version)),
            (1, lead, m.Adjust(version=version, seconds=chance.randint(0, 4000))),
            (2, who, m.AddNote(version=version, note_id=self.room.new_id(), content="a note", question=None)),
            (2, who, m.UpdateNote(version=version, note_id=note, base="a note", content=f"a {chance.random()} note")),
            (1, who, m.DeleteNote(version=version, note_id=note)),
            (2, who, m.AddAction(version=version, action_id=self.room.new_id(), content="to do")),
            (1, who, m.UpdateAction(version=version, action_id=action, done=chance.random() < 0.5)),
            (1, who, m.MoveAction(version=version, action_id=action, position=chance.randint(-1, 9))),
            (1, who, m.DeleteAction(version=version, action_id=action)),
        ]
        if state.knocks:
            knock = chance.choice(state.knocks).id
            turns.append((6, lead, m.AnswerKnock(version=version, knock_id=knock, accepted=chance.random() < 0.7)))
        weights = [weight for weight, _, _ in turns]
        _, by, move = chance.choices(turns, weights)[0]
        return by, move

    # --- walking

    def step(self) -> None:
        if self.chance.random() < 0.3:
            self.pass_time(self.chance.choice([1, 250, 5_000, 31_000, 121_000]))
        by, move = self.choose()
        self.try_move(by, move)
        if self.chance.random() < 0.15:
            # The same once more: a second press, a lost answer.
            self.try_move(by, move)

    def pass_time(self, milliseconds: int) -> None:
        if running_for(self.room.state):
            self.ran_ms += milliseconds
        self.room.now += timedelta(milliseconds=milliseconds)

    def try_move(self, by: UUID | None, move: m.AnyMove) -> None:
        before = self.room.state
        mirrored = self.mirror(by, move)
        events, refusal = self.made_or_refused(by, move)
        if refusal is not None:
            assert refusal.status < 500
            assert self.room.state is before
            self.refused[type(refusal).__name__] += 1
            assert mirrored is None, "whether a move is refused may not depend on a score"
            return
        self.made[type(move).__name__] += 1
        self.steps += 1
        self.keep_books(by, move, events, open_=before.stage == "awaiting")
        self.compare(mirrored)
        self.check()

    def made_or_refused(self, by: UUID | None, move: m.AnyMove) -> tuple[list[e.WorkshopEvent], TandemError | None]:
        try:
            return self.room.make(by, move), None
        except TandemError as error:
            return [], error

    def mirror(self, by: UUID | None, move: m.AnyMove) -> list[e.WorkshopEvent] | None:
        """The same move where all scores of this question are mirrored; None when it is refused."""
        if isinstance(move, m.Submit) and type(move.value) is int:
            question = self.room.state.template.question(max(self.room.state.question, 1))
            mirrored = question.scale_min + question.scale_max - move.value
            move = m.Submit(version=move.version, question=move.question, value=mirrored)
        try:
            course = run(self.room.state, self.twin, by, move, self.room.now)
        except TandemError:
            return None
        self.twin = course.sealed
        return course.events

    def keep_books(self, by: UUID | None, move: m.AnyMove, events: list[e.WorkshopEvent], open_: bool) -> None:
        if isinstance(move, m.Submit) and by is not None and type(move.value) is int:
            self.gave[by] = move.value
        for event in events:
            if open_ and (gone := out_of_it(event)):
                self.gave.pop(gone, None)
        self.check_reveal(events)
        if any(isinstance(event, e.QuestionChanged | e.PhaseChanged | e.SessionEnded) for event in events):
            self.gave.clear()
            self.twin = Sealed()
        if self.room.state.stage == "awaiting":
            self.twin = Sealed({k: v for k, v in self.twin.items() if k in self.room.state.scored})

    def check_reveal(self, events: list[e.WorkshopEvent]) -> None:
        for event in events:
            if isinstance(event, e.ScoresRevealed):
                assert sorted(v for _, v in event.votes or ()) == sorted(self.gave.values())
                if self.room.state.settings.disclosure != "anonymous":
                    assert dict(event.votes or ()) == self.gave
                else:
                    assert {who for who, _ in event.votes or ()} <= {None}
            if isinstance(event, e.NamesShown):
                assert dict(event.votes or ()) == self.gave

    def compare(self, mirrored: list[e.WorkshopEvent] | None) -> None:
        assert mirrored is not None
        if self.room.state.settings.disclosure == "turns":
            return
        made = [event for event, _ in self.room.log[len(self.room.log) - len(mirrored) :]]
        for one, other in zip(made, mirrored, strict=True):
            if not isinstance(one, e.ScoresRevealed | e.NamesShown):
                assert one == other, "what is public tells a score before its reveal"

    def check(self) -> None:
        state = self.room.state
        place = self.place()
        self.places.add(place)
        assert place >= self.last or state.phase == "completed", "a workshop never goes back"
        self.last = place
        assert sum(p.is_facilitator for p in state.people) <= 1
        assert len({(p.name or "").casefold() for p in state.people}) == len(state.people)
        scoring = [p for p in state.people if not p.is_observer and p.status != "dropped"]
        assert len(scoring) <= state.settings.max_participants
        assert state.scored == (set(self.gave) if state.stage == "awaiting" else set())
        stuck = len(state.scorers) >= fewest(state) and not waiting_for(state)
        assert not stuck or state.phase in ("actions", "completed"), "a step that waits for nobody is taken"
        if state.stage == "awaiting":
            assert state.result(state.question) is None
        self.check_time()
        json.dumps(public(state))
        for person in state.people:
            own(state, person, self.room.sealed)

    def check_time(self) -> None:
        state, now = self.room.state, self.room.now
        assert sum(used_ms(timer, now) for timer in state.timers) == self.ran_ms
        assert sum(timer.started_at is not None for timer in state.timers) <= 1
        status = time_status(state, now)
        if status is None:
            assert state.timers == ()
            assert clocks(state, now) is None
            return
        assert status.overall_total_ms - status.overall_remaining_ms == self.ran_ms
        if state.running and not state.scorers:
            assert status.is_paused, "in an empty room the clock stands"

    def finish(self) -> None:
        """From wherever it is: with people back and a facilitator who presses on, it comes to its end."""
        for person in self.room.state.people:
            if person.status == "inactive":
                self.try_move(None, m.Return(participant_id=person.id))
        self.pass_time(200_000)
        self.try_move(None, m.Succeed())
        while len(self.room.state.scorers) < 2 and self.room.state.phase == "lobby":
            before = len(self.room.state.people)
            self.try_move(None, self.joining(observer=False))
            assert len(self.room.state.people) <= before + 1
            if self.room.state.settings.max_participants < 2:
                return
        if not self.room.state.scorers:
            return
        for _ in range(60):
            state = self.room.state
            if state.phase == "completed":
                return
            leader = state.facilitator
            if leader is None or not leader.active:
                self.pass_time(200_000)
                self.try_move(None, m.Succeed())
                leader = self.room.state.facilitator
            assert leader is not None
            self.try_move(leader.id, m.Advance(version=self.room.state.version, override=True))
        raise AssertionError(f"stuck at {self.place()}")


def out_of_it(event: e.WorkshopEvent) -> UUID | None:
    """Whose score no longer counts after this."""
    if isinstance(event, e.ParticipantDropped):
        return event.participant_id
    return event.participant_id if isinstance(event, e.ParticipantRoleChanged) and event.observer else None
