"""The demo ward's people: the same by seed, in any parts, and linked over the years."""

from datetime import date

import polars as pl
import pytest

from tadasu.law import Law, assess
from tadasu.simulator import population
from tadasu.simulator.facts import FRAMES, Facts, gathered
from tadasu.simulator.people import DIVORCED, NOBODY, day
from tadasu.simulator.population import history
from tadasu.simulator.settings import Knobs, SettingsError
from tadasu.tables import ASSESSMENTS, RESIDENTS

KNOBS = Knobs(seed=5, rows=300, years=(2024, 2025))
YEAR = 2025


@pytest.fixture(scope="module")
def facts() -> Facts:
    return population.year(KNOBS, 0, YEAR)


@pytest.fixture(scope="module")
def before() -> Facts:
    return population.year(KNOBS, 0, YEAR - 1)


def same(one: Facts, other: Facts) -> bool:
    """Say whether two facts hold the same rows."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in FRAMES)
    return all(a.sort(a.columns).equals(b.sort(b.columns)) for a, b in pairs)


def test_the_same_seed_gives_the_same_ward_whatever_was_made_before(facts: Facts) -> None:
    history._state.cache_clear()
    assert same(population.year(KNOBS, 0, YEAR), facts)


def test_another_seed_gives_another_ward(facts: Facts) -> None:
    other = population.year(Knobs(seed=6, rows=60, years=(2025,)), 0, YEAR)
    assert other.residents.join(facts.residents, on=["person_id", "birth_date"]).height < 0.01 * len(
        other.residents
    )


def test_seven_parts_equal_one(facts: Facts) -> None:
    size = -(-KNOBS.families // 7)
    parts = Knobs(seed=5, rows=300, years=(2025,), block_size=size)
    assert parts.blocks == 7
    assert same(gathered([population.year(parts, block, YEAR) for block in range(7)]), facts)


def test_people_stay_who_they_are_and_move_on(facts: Facts, before: Facts) -> None:
    both = before.residents.join(facts.residents, on="person_id", suffix="_now")
    assert len(both) > 0.8 * len(before.residents)
    assert both.select((pl.col("birth_date") == pl.col("birth_date_now")).all()).item()
    new = facts.residents.join(before.residents, on="person_id", how="anti")
    assert new.filter(pl.col("birth_date") >= date(YEAR - 1, 1, 1)).height > 0  # born
    assert new.filter(pl.col("birth_date") < date(YEAR - 1, 1, 1)).height > 0  # moved in
    left = both.filter(pl.col("left_on").is_null(), pl.col("left_on_now").is_not_null())
    assert set(left["left_reason_now"]) == {"moved", "died"}
    alone = both.filter(pl.col("relationship") == "head").join(_size(before), on="household_id")
    now = alone.join(_size(facts), left_on="household_id_now", right_on="household_id", suffix="_now")
    assert now.filter(pl.col("len") == 1, pl.col("len_now") == 2).height > 0  # married


def _size(facts: Facts) -> pl.DataFrame:
    return facts.residents.filter(pl.col("left_on").is_null()).group_by("household_id").len()


def test_incomes_employers_and_pensions_persist_with_drift(facts: Facts, before: Facts) -> None:
    both = before.truth.join(facts.truth, on="person_id", suffix="_now").filter(pl.col("salary_revenue") > 0)
    rank = both.select(pl.corr("salary_revenue", "salary_revenue_now", method="spearman")).item()
    assert 0.8 < rank < 0.999
    main = pl.col("withholding_column") == "main", pl.col("left_on").is_null()
    jobs = before.jobs.filter(*main).join(facts.jobs.filter(*main), on="person_id", suffix="_now")
    assert 0.75 < jobs.select((pl.col("payer_id") == pl.col("payer_id_now")).mean()).item() < 0.97
    pensions = before.pensions.join(facts.pensions, on=["person_id", "payer_id"], suffix="_now")
    assert pensions.height > 0.85 * before.pensions.height
    cards = before.residents.join(facts.residents, on="person_id", suffix="_now")
    assert cards.select((pl.col("disability") == pl.col("disability_now")).mean()).item() > 0.99


def test_some_retire_and_some_start(facts: Facts, before: Facts) -> None:
    both = before.truth.join(facts.truth, on="person_id", suffix="_now")
    stopped = both.filter(pl.col("salary_revenue") > 0, pl.col("salary_revenue_now") == 0)
    started = both.filter(pl.col("pension_revenue") == 0, pl.col("pension_revenue_now") > 0)
    assert stopped.height > 0
    assert started.height > 0
    assert facts.jobs["rolled_into"].drop_nulls().len() > 0
    assert facts.jobs.select(pl.struct("person_id", "payer_id").is_unique().all()).item()


def test_every_household_has_one_head_and_the_register_is_in_order(facts: Facts) -> None:
    assert facts.residents.schema == pl.Schema(RESIDENTS.schema)
    assert facts.residents["person_id"].is_unique().all()
    here = facts.residents.filter(pl.col("left_on").is_null())
    heads = here.group_by("household_id").agg((pl.col("relationship") == "head").sum().alias("heads"))
    assert heads["heads"].max() == 1
    assert heads.filter(pl.col("heads") == 0).height < 0.02 * heads.height  # who headed it has just left


def test_who_divorces_lives_apart_and_is_nobodys_spouse() -> None:
    knobs = Knobs(seed=5, rows=2_000, years=(YEAR,))
    married, after = (history.people_of(knobs, 0, year) for year in (YEAR - 1, YEAR))
    now, partner = after.at(married.number), after.at(married.spouse)
    both = (now >= 0) & (partner >= 0)
    divorced = both & (after.marital[now] == DIVORCED) & (after.marital[partner] == DIVORCED)
    here = after.here_on(day(YEAR))
    near = divorced & here[now] & here[partner]
    assert near.sum() > 0
    assert (after.household[now[near]] != after.household[partner[near]]).all()
    assert (after.spouse[now[divorced]] == NOBODY).all()


def test_claims_are_lawful_and_nobody_is_claimed_twice(facts: Facts) -> None:
    law, claims = Law.of(YEAR), facts.claims
    assert claims["relative_id"].is_unique().all()
    assert claims.filter(pl.col("person_id") == pl.col("relative_id")).is_empty()
    within = pl.col("relative_income") <= law.relative_income_limit
    above = claims.filter(~within)
    assert set(above["role"]) <= {"spouse"}  # 配偶者特別控除; 特定親族特別控除 came a year later
    own = facts.truth.select("person_id", "total_income")
    spouses = claims.filter(pl.col("role") == "spouse").join(own, on="person_id")
    assert spouses["total_income"].max() <= law.spouse_limit_own  # type: ignore[operator]
    under = claims.filter(pl.col("role") == "under16")
    assert under.select((law.relative_class(pl.col("birth_date")) == "under16").all()).item()


def test_relatives_of_students_age_get_the_special_deduction_once_the_law_has_it() -> None:
    later = population.year(Knobs(seed=5, rows=KNOBS.rows, years=(2026,)), 0, 2026)
    special = later.truth.filter(pl.col("specified_relative_special") > 0)
    assert special.height > 0
    assert (later.truth["n_dependent_specified"].sum() or 0) > special.height


def test_the_true_record_is_computed_by_the_law_without_contradiction(facts: Facts) -> None:
    assert facts.truth.schema == pl.Schema(ASSESSMENTS.schema)
    register = facts.lives.select("person_id", "sex", "public_assistance")
    again = assess(facts.truth.join(register, on="person_id"), Law.of(YEAR))
    assert again["error"].null_count() == len(again)
    assert again.select("person_id", "resident_tax").equals(facts.truth.select("person_id", "resident_tax"))


def test_what_no_paper_states_is_not_deducted(facts: Facts) -> None:
    silent = facts.lives.filter(pl.col("premiums_on").is_null())
    premiums = [name for name in facts.lives.columns if name.endswith("_premium")]
    deducted = [*premiums, "small_enterprise_mutual_aid", "housing_loan_deductible", "medical_expense"]
    assert silent.select(pl.sum_horizontal(pl.col(deducted)).sum()).item() == 0
    assert facts.claims["stated_on"].null_count() == 0
    notices = facts.gifts.filter(pl.col("via") == "one_stop").join(facts.lives, on="person_id")
    assert set(notices["filing"]) == {"none"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"base_rate": 1.2}, "base_rate: 1.2, expected 0 to 1"),
        ({"years": (2021,)}, "expected years after origin 2021"),
        ({"rows": 0}, "expected 1 or more"),
        ({"ward": "kita"}, "expected one of nerima, chuo"),
    ],
)
def test_knobs_out_of_range_are_refused_with_what_is_expected(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Knobs(**wrong)  # type: ignore[arg-type]
