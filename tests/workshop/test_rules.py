"""Single rules of a workshop, by example: what each is for, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound, TandemError
from core.events import workshop as e
from core.workshop import errors as x
from core.workshop.rules import moves as m
from core.workshop.rules.clocks import MINUTES, shares, time_status
from core.workshop.rules.projection import clocks, public
from core.workshop.rules.state import Sealed, Workshop
from core.workshop.rules.texts import NOTE_LENGTH, clean_name, merge
from core.workshop.rules.waiting import requirements, turn
from tests.workshop.kit import HEALTH, SIX, Room, uid


def started(number: int = 3, **settings: Any) -> tuple[Room, list[UUID]]:
    room = Room(**settings)
    ids = room.people(number)
    room.to_question(*ids)
    return room, ids


# --- coming in


@pytest.mark.req("WS-3", "WS-64", "WS-66")
@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "\u200b\u200d", "\u202e", "\ud800", None, "\0"])
def test_a_name_has_one_to_forty_characters_that_can_be_seen(name: str) -> None:
    room = Room()
    with pytest.raises(x.ValidationFailed):
        room.make(None, m.Join(participant_id=uid(1), name=name))


@pytest.mark.req("WS-3", "WS-66")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Lena\t M. ", "Lena M."),
        ("<b>Tom</b>", "<b>Tom</b>"),
        ("👩‍💻", "👩‍💻"),
        ("שרה", "שרה"),
        ("\u202eMia", "Mia"),
        ("x" * 40, "x" * 40),
    ],
)
def test_names_are_kept_as_plain_text(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.req("WS-3", "WS-63", "WS-64")
def test_a_name_is_there_once_whatever_its_case() -> None:
    room = Room()
    room.join("Lena")
    with pytest.raises(x.AlreadyExists):
        room.join(" lena ")
    room.join("Straße")
    with pytest.raises(x.AlreadyExists):
        room.join("STRASSE")
    assert len(room.state.people) == 2


@pytest.mark.req("WS-4", "WS-64", "BG-76")
def test_the_twenty_first_person_may_watch() -> None:
    room = Room()
    room.people(20)
    with pytest.raises(x.SessionFull):
        room.join("One more")
    room.join("One more", observer=True)
    assert len(room.state.scorers) == 20


@pytest.mark.req("WS-5", "WS-64", "BG-69")
def test_who_comes_late_watches_and_who_comes_back_goes_on() -> None:
    room, ids = started()
    with pytest.raises(x.SessionStarted, match="Session already started"):
        room.join("Late")
    late = room.join("Late", observer=True)
    assert late not in requirements(room.state).waiting_for
    room.do(ids[1], m.Leave)
    assert room.person(ids[1]).status == "inactive"
    room.make(None, m.Return(participant_id=ids[1]))
    assert room.person(ids[1]).active


# --- the way


@pytest.mark.req("WS-14", "WS-15", "WS-16", "WS-17", "WS-18", "WS-19", "BG-72", "BG-73")
def test_the_whole_way() -> None:
    room = Room()
    ids = room.people(3)
    way = []
    for _ in range(60):
        state = room.state
        way.append((state.phase, state.question, state.stage))
        if state.phase == "completed":
            break
        if state.phase == "actions":
            room.do(ids[0], m.Advance)
        elif state.stage == "awaiting":
            for id in ids:
                room.score(id, state.template.question(state.question).optimal_value)
        else:
            room.ready(*ids)
    questions: list[tuple[str, int, str]] = []
    for number in range(1, 9):
        questions += [("scoring", number, "transition")] if number == 5 else []
        questions += [("scoring", number, "awaiting"), ("scoring", number, "revealed")]
    ends = [("summary", 0, ""), ("actions", 0, ""), ("completed", 0, "")]
    assert way == [("lobby", 0, ""), ("intro", 0, ""), *questions, *ends]
    assert room.state.outcome == "completed"
    for move in (m.Advance, m.End):
        with pytest.raises(x.InvalidState):
            room.do(ids[0], move)
    stated = [type(event).type for event, _ in room.log]
    assert stated.count("scores_revealed") == stated.count("all_scored") == 8


@pytest.mark.req("WS-12", "WS-15", "WS-64")
def test_two_people_who_score_are_needed_to_begin() -> None:
    room = Room()
    leader = room.join(observer=True)
    one = room.join()
    room.ready(one)
    with pytest.raises(x.InvalidState, match="At least 2"):
        room.do(leader, m.Advance, override=True)
    two = room.join()
    room.ready(two)
    assert room.state.phase == "lobby", "whoever leads says when all are there"
    assert requirements(room.state).waiting_for == (leader,)
    room.do(leader, m.Advance, override=True)
    assert public(room.state)["state"] == "intro"


@pytest.mark.req("WS-20", "WS-33")
def test_going_on_without_somebody_is_on_record() -> None:
    room, ids = started()
    room.score(ids[0], 0)
    with pytest.raises(x.InvalidState) as refused:
        room.do(ids[0], m.Advance)
    assert refused.value.details["waiting_for"] == [str(ids[1]), str(ids[2])]
    with pytest.raises(x.NotAllowed):
        room.do(ids[1], m.Advance, override=True)
    (event,) = room.do(ids[0], m.Advance, override=True)
    assert isinstance(event, e.ScoresRevealed)
    assert (event.override, event.missing, event.by, event.count) == (True, (ids[1], ids[2]), ids[0], 1)
    with pytest.raises(x.InvalidState):
        room.score(ids[1], 0)


@pytest.mark.req("WS-21")
def test_whoever_leaves_keeps_nobody_waiting() -> None:
    room, ids = started()
    room.score(ids[0], 1)
    room.score(ids[1], 2)
    room.make(None, m.MarkAway(participant_id=ids[2]))
    assert room.state.stage == "revealed"
    room.ready(ids[0], ids[1])
    assert (room.state.question, room.state.stage) == (2, "awaiting")


@pytest.mark.req("WS-11", "WS-21")
def test_scores_of_people_who_leave_count_and_those_of_watchers_do_not() -> None:
    room, ids = started(4)
    for id, value in zip(ids[:3], (1, 2, 3), strict=True):
        room.score(id, value)
    room.do(ids[0], m.SetObserver, participant_id=ids[1], observer=True)
    room.do(ids[0], m.Leave)
    room.make(None, m.MarkAway(participant_id=ids[3]))
    assert room.state.result(1) is not None
    assert dict(room.state.results[0].votes) == {ids[0]: 1, ids[2]: 3}


@pytest.mark.req("WS-22")
def test_ready_can_be_taken_back_and_is_gone_at_the_next_step() -> None:
    room = Room()
    ids = room.people(3)
    room.ready(ids[0])
    assert room.do(ids[0], m.Ready) == []
    room.do(ids[0], m.Ready, ready=False)
    assert not room.person(ids[0]).ready
    room.ready(*ids)
    assert public(room.state)["state"] == "intro"
    assert not any(p.ready for p in room.state.people)


@pytest.mark.req("WS-25")
def test_two_who_press_next_together_take_one_step() -> None:
    room, ids = started()
    seen = room.state.version
    room.make(ids[0], m.Advance(version=seen, override=True))
    with pytest.raises(x.InvalidState) as refused:
        room.make(ids[0], m.Advance(version=seen, override=True))
    assert refused.value.details == {"expected": seen + 1, "version": seen}
    assert (room.state.question, room.state.stage) == (1, "revealed")


def test_a_workshop_can_be_given_up() -> None:
    room, ids = started()
    with pytest.raises(x.NotAllowed):
        room.do(ids[1], m.End)
    room.do(ids[0], m.End)
    assert (room.state.phase, room.state.outcome) == ("completed", "abandoned")


# --- scores


@pytest.mark.req("WS-30", "WS-31", "WS-64", "BG-70", "QA-4")
def test_what_is_no_score() -> None:
    room, ids = started()
    watcher = room.join("W", observer=True)
    for value in (6, -6, "0", 0.0, None, True, [1]):
        with pytest.raises(x.InvalidScore):
            room.score(ids[0], value)
    with pytest.raises(x.InvalidState):
        room.do(ids[0], m.Submit, question=2, value=0)
    for id in (watcher, uid(4711)):
        with pytest.raises(x.NotAllowed):
            room.score(id, 0)
    assert room.score(ids[0], 0)[0] == e.ScoreSubmitted(
        workshop_id=room.state.id, by=ids[0], participant_id=ids[0], question=1
    )
    assert room.score(ids[0], 0) == []
    assert [type(event) for event in room.score(ids[0], 4)] == [e.ScoreUpdated]
    room.score(ids[1], 5)
    room.score(ids[2], -5)
    assert dict(room.state.results[0].votes) == {ids[0]: 4, ids[1]: 5, ids[2]: -5}
    with pytest.raises(x.InvalidState):
        room.do(ids[0], m.Submit, question=1, value=1)


@pytest.mark.req("WS-32")
def test_sealed_scores_show_nothing_of_themselves() -> None:
    sealed = Sealed({uid(1): 4})
    assert (repr(sealed), str(sealed), f"{sealed!r}") == ("Sealed()", "Sealed()", "Sealed()")
    assert "4" not in repr(m.Submit(version=1, question=1, value=4))
    with pytest.raises(TypeError):
        sealed.__reduce__()


@pytest.mark.req("WS-39")
def test_names_stay_away_until_the_team_wants_them() -> None:
    room, ids = started(disclosure="anonymous")
    for id, value in zip(ids, (3, -2, 3), strict=True):
        room.score(id, value)
    assert room.state.results[0].votes == ((None, -2), (None, 3), (None, 3))
    with pytest.raises(x.NotAllowed):
        room.do(ids[1], m.ShowNames, question=1)
    room.do(ids[0], m.ShowNames, question=1)
    assert dict(room.state.results[0].votes) == dict(zip(ids, (3, -2, 3), strict=True))
    assert room.do(ids[0], m.ShowNames, question=1) == []


@pytest.mark.req("WS-39", "BG-81")
def test_scores_in_turn_are_seen_at_once() -> None:
    room, ids = started(disclosure="turns")
    first = turn(room.state)
    assert first is not None
    assert first.id == ids[0]
    with pytest.raises(x.InvalidState, match="comes first"):
        room.score(ids[1], 0)
    room.score(ids[0], 2)
    assert room.state.open_votes == ((ids[0], 2),)
    room.do(ids[1], m.PassTurn, participant_id=ids[1])
    room.score(ids[2], -1)
    room.score(ids[0], 3)
    room.score(ids[1], 0)
    assert dict(room.state.results[0].votes) == {ids[0]: 3, ids[1]: 0, ids[2]: -1}


# --- who leads


@pytest.mark.req("WS-9")
def test_the_lead_passes_on_after_two_minutes() -> None:
    room, ids = started()
    room.do(ids[0], m.Leave)
    room.wait(seconds=119)
    assert room.make(None, m.Succeed()) == []
    with pytest.raises(x.InvalidState):
        room.do(ids[2], m.TakeOver)
    room.wait(seconds=1)
    room.make(None, m.Succeed())
    assert room.state.facilitator == room.person(ids[1])
    room.make(None, m.Return(participant_id=ids[0]))
    assert not room.person(ids[0]).is_facilitator
    room.do(ids[1], m.HandOver, participant_id=ids[0])
    assert room.person(ids[0]).is_facilitator


@pytest.mark.req("WS-9")
def test_anybody_who_takes_part_may_take_over_a_lead_that_is_free() -> None:
    room, ids = started()
    watcher = room.join("W", observer=True)
    room.do(ids[0], m.Leave)
    room.wait(minutes=3)
    with pytest.raises(x.NotAllowed):
        room.do(watcher, m.TakeOver)
    room.do(ids[2], m.TakeOver)
    assert room.person(ids[2]).is_facilitator
    assert sum(p.is_facilitator for p in room.state.people) == 1


@pytest.mark.req("WS-7", "BG-68")
def test_five_wrong_numbers_and_only_the_facilitator_helps() -> None:
    room, ids = started()
    for _ in range(7):
        room.make(None, m.FailPin(participant_id=ids[1]))
    assert room.person(ids[1]).pin_tries == 5
    shown = next(p for p in public(room.state)["participants"] if p["id"] == str(ids[1]))
    assert shown["needs_word"]
    room.make(None, m.AskReentry(knock_id=uid(70), participant_id=ids[1]))
    with pytest.raises(x.NotAllowed):
        room.do(ids[2], m.AnswerKnock, knock_id=uid(70), accepted=True)
    room.do(ids[0], m.AnswerKnock, knock_id=uid(70), accepted=True)
    assert (room.person(ids[1]).pin_tries, room.state.knocks) == (0, ())
    with pytest.raises(x.InvalidState):
        room.do(ids[0], m.AnswerKnock, knock_id=uid(70), accepted=True)


@pytest.mark.req("WS-7")
def test_without_a_facilitator_anybody_who_takes_part_gives_their_word() -> None:
    room, ids = started()
    room.do(ids[0], m.Leave)
    room.make(None, m.AskReentry(knock_id=uid(70), participant_id=ids[1]))
    room.do(ids[2], m.AnswerKnock, knock_id=uid(70), accepted=False)
    assert room.state.knocks == ()


@pytest.mark.req("WS-11")
def test_who_was_taken_out_stays_out() -> None:
    room, ids = started()
    with pytest.raises(x.NotAllowed):
        room.do(ids[1], m.Drop, participant_id=ids[2])
    with pytest.raises(x.NotAllowed):
        room.do(ids[0], m.Drop, participant_id=ids[0])
    room.do(ids[0], m.Drop, participant_id=ids[1])
    for attempt in (m.Return(participant_id=ids[1]), m.AskReentry(knock_id=uid(70), participant_id=ids[1])):
        with pytest.raises(x.NotAllowed):
            room.make(None, attempt)
    with pytest.raises(x.NotAllowed):
        room.score(ids[1], 0)
    with pytest.raises(x.AlreadyExists):
        room.join(room.person(ids[1]).name or "", observer=True)


# --- time


@pytest.mark.req("WS-43", "WS-44", "WS-45", "BG-71", "QA-6")
@pytest.mark.parametrize("template", [SIX, HEALTH], ids=lambda t: t.slug)
def test_the_shares_always_add_up(template: object) -> None:
    assert isinstance(template, type(SIX))
    for plan in template.time_plans:
        for minutes in MINUTES:
            assert sum(shares(template, minutes * 60, plan).values()) == minutes * 60_000
        for seconds in range(1, 400, 7):
            assert sum(shares(template, seconds, plan).values()) == seconds * 1000


@pytest.mark.req("WS-45")
def test_a_question_s_time() -> None:
    assert shares(SIX, 7200)["question_1"] == 630_000
    assert shares(SIX, 12_600)["question_8"] == 1_102_500
    assert shares(SIX, 7200)["buffer"] == 216_000
    assert shares(SIX, 7200, "ten_parts")["intro"] == 720_000


@pytest.mark.req("WS-46", "WS-47", "WS-49")
def test_the_clock_of_a_section() -> None:
    room, ids = started(total_duration_minutes=120, skip_intro=True)
    room.wait(seconds=30)
    room.do(ids[0], m.Pause)
    assert room.state.paused_by == ids[0]
    room.wait(minutes=60)
    status = time_status(room.state, room.now)
    assert status is not None
    assert (status.section, status.section_remaining_ms, status.is_paused) == ("question_1", 600_000, True)
    assert status.overall_remaining_ms == 7_200_000 - 30_000
    room.do(ids[0], m.Resume)
    room.wait(seconds=540)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.is_short
    assert not status.is_exceeded
    room.wait(seconds=80)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.section_remaining_ms == -20_000
    assert (status.is_exceeded, status.pacing) == (True, "on_track")
    room.do(ids[0], m.Adjust, seconds=900)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.section_remaining_ms == 250_000
    assert status.overall_total_ms == 7_200_000 + 270_000
    room.wait(seconds=200)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.pacing == "behind"
    assert room.state.stage == "awaiting", "no clock ever takes a step"


@pytest.mark.req("WS-47")
def test_quick_is_ahead_and_clocks_that_go_backwards_take_nothing() -> None:
    room, ids = started(total_duration_minutes=30, skip_intro=True)
    room.wait(seconds=10)
    for id in ids:
        room.score(id, 0)
    room.ready(*ids)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.pacing == "ahead"
    room.wait(seconds=-300)
    status = time_status(room.state, room.now)
    assert status is not None
    assert status.section_remaining_ms == status.section_total_ms


@pytest.mark.req("WS-42")
def test_without_a_duration_there_is_no_clock() -> None:
    room, ids = started()
    assert room.state.timers == ()
    assert clocks(room.state, room.now) is None
    with pytest.raises(x.InvalidState):
        room.do(ids[0], m.Pause)


@pytest.mark.req("WS-21")
def test_in_an_empty_room_the_clock_stands() -> None:
    room, ids = started(total_duration_minutes=120)
    for id in ids:
        room.make(None, m.MarkAway(participant_id=id))
    assert room.state.paused == "empty"
    before = time_status(room.state, room.now)
    room.wait(days=3)
    after = time_status(room.state, room.now)
    assert before is not None
    assert after is not None
    assert before.section_remaining_ms == after.section_remaining_ms
    room.make(None, m.Return(participant_id=ids[1]))
    assert public(room.state)["paused"] == ""


# --- what is written


@pytest.mark.req("WS-50", "WS-64")
def test_two_people_write_in_one_note() -> None:
    room, ids = started()
    note = room.new_id()
    room.do(ids[0], m.AddNote, note_id=note, content="We wait for answers.", question=1)
    begun = "We wait for answers."
    room.do(ids[1], m.UpdateNote, note_id=note, base=begun, content="We often wait for answers.")
    room.do(ids[2], m.UpdateNote, note_id=note, base=begun, content="We wait for answers. A week!")
    assert room.state.notes[0].content == "We often wait for answers. A week!"
    assert (room.state.notes[0].author, room.state.notes[0].edition) == (ids[0], 2)
    with pytest.raises(x.ValidationFailed):
        room.do(ids[1], m.UpdateNote, note_id=note, base="", content="x" * 100_000)
    with pytest.raises(x.NotAllowed):
        room.do(ids[1], m.DeleteNote, note_id=note)
    room.do(ids[0], m.DeleteNote, note_id=note)
    with pytest.raises(NotFound):
        room.do(ids[1], m.UpdateNote, note_id=note, base=begun, content="again")


@pytest.mark.req("WS-10", "WS-50")
def test_who_watches_writes_nothing() -> None:
    room, _ = started()
    watcher = room.join("W", observer=True)
    for kind, told in ((m.AddNote, {"note_id": uid(80)}), (m.AddAction, {"action_id": uid(81)})):
        with pytest.raises(x.NotAllowed):
            room.do(watcher, kind, content="x", **told)


ALPHABET = "ab \n"


@given(st.text(ALPHABET, max_size=30), st.data())
def test_no_word_of_either_is_lost(base: str, data: st.DataObject) -> None:
    places: list[int] = []

    def written(mark: str) -> str:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(base)), min_size=1, max_size=4)))
        places.append(len(cuts))
        text, at = "", 0
        for cut in cuts:
            text += base[at:cut] + mark
            at = cut
        return text + base[at:]

    mine, theirs = written("X"), written("Y")
    merged = merge(base, mine, theirs)
    assert merged.count("X") == mine.count("X")
    assert merged.count("Y") == theirs.count("Y")
    rest = merged.replace("X", "").replace("Y", "")
    assert len(rest) >= len(base)
    if places == [1, 1]:
        assert rest == base, "what each typed at one place is in its place"


@given(st.text(ALPHABET, max_size=30), st.text(ALPHABET, max_size=30), st.text(ALPHABET, max_size=30))
def test_merging_is_honest(base: str, one: str, other: str) -> None:
    assert merge(base, one, base) == one
    assert merge(base, base, one) == one
    assert merge(base, one, one) == one
    assert len(merge(base, one, other)) <= len(base) + len(one) + len(other)


@pytest.mark.req("WS-51")
def test_actions_change_one_thing_at_a_time() -> None:
    room, ids = started()
    first, second = room.new_id(), room.new_id()
    room.do(ids[0], m.AddAction, action_id=first, content="Ask Mia")
    room.do(ids[1], m.AddAction, action_id=second, content="Share the shelf", question=5)
    room.do(ids[1], m.UpdateAction, action_id=first, owner=" Tom ")
    room.do(ids[2], m.UpdateAction, action_id=first, due_on=date(2026, 6, 1))
    room.do(ids[0], m.UpdateAction, action_id=first, base="Ask Mia", content="Ask Mia today", done=True)
    action = room.state.actions[0]
    assert (action.owner, action.due_on, action.content, action.done) == (
        "Tom",
        date(2026, 6, 1),
        "Ask Mia today",
        True,
    )
    room.do(ids[2], m.MoveAction, action_id=first, position=1)
    assert [a["status"] for a in public(room.state)["actions"]] == ["open", "done"]
    assert room.do(ids[2], m.MoveAction, action_id=first, position=99) == []
    room.do(ids[2], m.UpdateAction, action_id=first, owner=None)
    room.do(ids[2], m.DeleteAction, action_id=second)
    assert [a.owner for a in room.state.actions] == [None]
    with pytest.raises(x.ValidationFailed):
        room.do(ids[2], m.AddAction, action_id=room.new_id(), content="x", question=9)


def test_after_the_end_only_the_tick_on_an_action_changes() -> None:
    room, ids = started()
    action = room.new_id()
    room.do(ids[0], m.AddAction, action_id=action, content="Ask Mia")
    room.do(ids[0], m.End)
    room.do(ids[1], m.UpdateAction, action_id=action, done=True)
    assert room.state.actions[0].done
    for move, told in (
        (m.UpdateAction, {"action_id": action, "content": "x"}),
        (m.AddNote, {"note_id": uid(90), "content": "x"}),
        (m.DeleteAction, {"action_id": action}),
    ):
        with pytest.raises(x.InvalidState):
            room.do(ids[0], move, **told)


def test_limits_speak_of_themselves() -> None:
    room, ids = started()
    with pytest.raises(TandemError, match=str(NOTE_LENGTH)):
        room.do(ids[0], m.AddNote, note_id=uid(1), content="x" * (NOTE_LENGTH + 1))
    assert isinstance(room.state, Workshop)
