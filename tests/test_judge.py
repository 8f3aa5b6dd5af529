"""What is proposed of a row, by its lane."""

import polars as pl
import pytest

from models.judge import put_forward
from models.settings import SuggestSettings


@pytest.mark.parametrize(
    ("lane", "p_best", "p_leave", "proposed"),
    [
        ("review", 0.4, 0.5, 7),
        ("inquire", 0.4, 0.5, 7),
        ("confirm", 0.4, 0.5, 0),
        ("review", 0.2, 0.1, 0),
        ("confirm", 0.2, 0.1, 7),
        ("clear", 0.4, 0.5, 0),
    ],
    ids=["review begins here", "inquire too", "one look", "a long shot", "the likeliest answer", "nothing"],
)
def test_a_row_that_is_read_has_a_proposal_where_it_is_a_place_to_begin(
    lane: str, p_best: float, p_leave: float, proposed: int
) -> None:
    """From `propose_from` on, likelier than 'leave' or not; elsewhere the likeliest answer stands."""
    leaves = p_leave >= p_best
    row = {
        "lane": lane,
        "best": 7,
        "p_best": p_best,
        "p_correction": 1.0 - p_leave,
        "leaves": leaves,
        "chosen": 0 if leaves else 7,
        "p_proposed": max(p_best, p_leave),
    }
    made = put_forward(pl.DataFrame([row]), SuggestSettings()).row(0, named=True)
    assert made["chosen"] == proposed
    assert made["leaves"] == (proposed == 0)
    assert made["p_proposed"] == pytest.approx(p_best if proposed else p_leave)
