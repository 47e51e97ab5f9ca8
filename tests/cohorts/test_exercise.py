"""The exercise: every step can be done, each mistake is explained, and no program runs for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.exercise import STEPS, attempt, is_blank
from cohorts.exercise_drawing import drawn
from cohorts.robot import FACES, MOST_LINES, MOST_MOVES, Grid, Mistake, lines_of, read, run

ROOM = Grid(("...", ".#.", "..c"))


@pytest.mark.parametrize("step", STEPS, ids=[str(step.title) for step in STEPS])
def test_each_step_can_be_done_and_its_start_is_not_yet_the_answer(step) -> None:
    answer = step.answer or step.key
    assert attempt(step, answer).solved, attempt(step, answer).words
    assert not attempt(step, answer.lower().replace("é", "e") + "\nAVANCE 20" if not step.choices else "a").solved
    if step.given:
        assert not attempt(step, step.given).solved
    if step.lines:
        assert lines_of(step.key) <= step.lines


@pytest.mark.parametrize("step", STEPS, ids=[str(step.title) for step in STEPS])
def test_the_example_of_each_step_is_a_program_and_does_not_give_the_answer_away(step) -> None:
    assert read(step.example)
    if not step.choices:
        assert not attempt(step, step.example).solved


def test_capitals_accents_and_spaces_do_not_matter() -> None:
    assert attempt(STEPS[3], "  repete   7 fois \n\n avance\nfin ").solved
    assert attempt(STEPS[3], "Répète 7\nAvance\nFin").solved


def test_the_long_way_is_told_that_it_arrives_and_what_to_look_for() -> None:
    told = attempt(STEPS[3], "AVANCE\n" * 7)
    assert not told.solved
    assert "ce qui se répète" in told.words


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("AVANCE\nAVANSE", 2, "AVANCE"),
        ("AVANCE\n\nTOURNE", 3, "TOURNE GAUCHE"),
        ("TOURNE EN ROND", 1, "TOURNE DROITE"),
        ("AVANCE deux", 1, "nombre"),
        ("AVANCE 0", 1, "nombre"),
        ("AVANCE 9999999999", 1, "nombre"),
        ("RÉPÈTE\nAVANCE\nFIN", 1, "RÉPÈTE 3"),
        ("RÉPÈTE 3\nAVANCE", 1, "FIN"),
        ("AVANCE\nFIN", 2, "rien à fermer"),
        ("SINON", 1, "rien à fermer"),
        ("RÉPÈTE 2\nAVANCE\nSINON\nFIN", 3, "SINON"),
        ("SI COLIS\nPRENDS\nSINON\nAVANCE\nSINON\nFIN", 5, "SINON"),
        ("SI PLUIE\nAVANCE\nFIN", 1, "COLIS"),
        ("TANT QUE\nAVANCE\nFIN", 1, "LIBRE"),
        ("PRENDS TOUT", 1, "seul"),
        ("danse la samba", 1, "un ordre par ligne"),
        ("RÉPÈTE 2\n" * 5 + "FIN\n" * 5, 5, "blocs"),
        ("AVANCE\n" * (MOST_LINES + 1), 0, "trop long"),
        ("  \n ", 0, "vide"),
    ],
)
def test_a_mistake_says_the_line_and_how_to_mend_it(text, line, word) -> None:
    with pytest.raises(Mistake) as told:
        read(text)
    assert told.value.line == line
    assert word in str(told.value)
    assert str(told.value).startswith(f"Ligne {line}") or not line


def test_a_wall_a_missing_parcel_and_an_endless_loop_stop_the_robot_with_words() -> None:
    for text, word in (
        ("AVANCE 3", "mur"),
        ("PRENDS", "colis"),
        ("TANT QUE LIBRE\nTOURNE DROITE\nTOURNE GAUCHE\nFIN", "boucle"),
    ):
        done = run(read(text), ROOM)
        assert done.mistake is not None
        assert word in done.mistake.words
    assert run(read("AVANCE 3"), ROOM).place == (2, 0)


def test_if_else_and_while_choose() -> None:
    text = (
        "TANT QUE LIBRE\nAVANCE\nFIN\nSI MUR\nTOURNE DROITE\nSINON\nTOURNE GAUCHE\nFIN\nAVANCE 2\nSI COLIS\nPRENDS\nFIN"
    )
    done = run(read(text), ROOM)
    assert (done.place, done.taken, done.mistake) == ((2, 2), {(2, 2)}, None)


def test_a_wrong_choice_says_how_to_look_without_giving_the_answer() -> None:
    told = attempt(STEPS[2], "a")
    assert not told.solved
    assert not told.runs
    assert not attempt(STEPS[2], "zzz").solved
    assert is_blank(" \n ")


# --- always ------------------------------------------------------------------------------------------------------
ORDERS = st.sampled_from(
    ["AVANCE", "AVANCE 20", "TOURNE DROITE", "TOURNE GAUCHE", "PRENDS", "RÉPÈTE 20", "TANT QUE LIBRE", "TANT QUE COLIS",
     "TANT QUE MUR", "SI MUR", "SI LIBRE", "SINON", "FIN", "FIN", "FIN"]
)  # fmt: skip


@given(st.lists(ORDERS, max_size=MOST_LINES))
def test_whatever_is_written_in_the_language_ends_inside_the_grid(lines) -> None:
    try:
        orders = read("\n".join(lines))
    except Mistake as mistake:
        assert str(mistake)
        return
    done = run(orders, ROOM)
    assert done.moves <= MOST_MOVES + 1
    assert len(done.places) <= MOST_MOVES + 1
    assert all(ROOM.at(*place) != "#" for place in done.places)
    assert done.face in range(len(FACES))


@given(st.text(max_size=3_000))
def test_whatever_is_typed_is_answered_in_words(text) -> None:
    for step in STEPS:
        told = attempt(step, text)
        assert told.words
        assert not told.solved or lines_of(text) <= MOST_LINES


def test_control_without_the_bound_a_loop_would_not_end(monkeypatch) -> None:
    monkeypatch.setattr("cohorts.robot.MOST_MOVES", 50_000)
    done = run(read("TANT QUE LIBRE\nTOURNE DROITE\nTOURNE GAUCHE\nFIN"), ROOM)
    assert done.moves > 50_000


# --- the drawing -------------------------------------------------------------------------------------------------


def test_the_drawing_says_in_words_all_that_it_shows() -> None:
    before = drawn(ROOM)
    assert "Grille de 3 colonnes sur 3 lignes." in before.words
    assert "colonne 1, ligne 1, tourné vers la droite" in before.words
    assert "Colis\u00a0: 3-3." in before.words
    assert "Murs\u00a0: 2-2." in before.words
    after = drawn(ROOM, run(read("AVANCE 2\nTOURNE DROITE\nAVANCE 2\nPRENDS"), ROOM))
    assert "1-1, 2-1, 3-1, 3-2, 3-3" in after.words
    assert "Il s’arrête colonne 3, ligne 3, tourné vers le bas." in after.words
    assert not after.parcels
    assert after.way.startswith("20,20 60,20")
