"""Repairs that move an amount from one box of the papers to another."""

import pytest

from tests.small_ward import proposed, record, report, row, ward


def _found(paid: int, whole: int, apart: int) -> set[tuple[tuple[str, str], ...]]:
    tables = ward(
        inconsistencies=[row("social_insurance")],
        documents=[
            report("D1", social_insurance=500_000, small_enterprise_mutual_aid=paid),
            report("D2", kind="tax_return", payer_id=None, social_insurance=whole),
        ],
        assessments=record(social_insurance=whole, small_enterprise_mutual_aid=apart),
    )
    return {tuple(sorted(changes)) for changes in proposed(tables)}


def _moved(social: int, aid: int) -> tuple[tuple[str, str], ...]:
    return (("small_enterprise_mutual_aid", str(aid)), ("social_insurance", str(social)))


def test_contributions_in_the_box_of_social_insurance_are_moved_to_their_own() -> None:
    """The return has 276,000 of iDeCo among its social insurance; the employer's report tells them apart."""
    assert _moved(524_000, 276_000) in _found(paid=276_000, whole=800_000, apart=0)


def test_only_what_is_lacking_is_moved() -> None:
    """Of 276,000 the record has 76,000 in the right box."""
    assert _moved(600_000, 276_000) in _found(paid=276_000, whole=800_000, apart=76_000)


@pytest.mark.parametrize(
    ("whole", "apart"),
    [(200_000, 0), (800_000, 276_000), (800_000, 300_000)],
    ids=["more than the record has", "nothing is lacking", "more than was paid"],
)
def test_nothing_is_moved_that_is_not_there_or_not_lacking(whole: int, apart: int) -> None:
    moved = {
        changes
        for changes in _found(paid=276_000, whole=whole, apart=apart)
        if dict(changes).get("social_insurance") == str(whole - (276_000 - apart))
    }
    assert not moved
