"""Papers of a simulated ward add up, stand on the forms' own boxes, and arrive when such papers do."""

from dataclasses import fields, replace
from datetime import date

import polars as pl
import pytest

from tadasu.law import Law
from tadasu.simulator.facts import Facts
from tadasu.simulator.papers import Papers, file
from tadasu.simulator.papers.amounts import DEDUCTIONS
from tadasu.simulator.papers.boxes import ADJUSTED_ONLY, BOXES
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.papers.relatives import COUNTS
from tadasu.simulator.population import year as facts_of
from tadasu.simulator.settings import Knobs
from tadasu.tables import DEPENDENTS, DOCUMENTS, DONATIONS

YEAR = 2025
LAW = Law.of(YEAR)
TAX = IncomeTax.of(YEAR)
KNOBS = Knobs(seed=5, rows=120, years=(YEAR,), block_size=400)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(KNOBS, 0, YEAR)


@pytest.fixture(scope="module")
def papers(facts: Facts) -> Papers:
    return file(facts, LAW, KNOBS)


@pytest.fixture(scope="module")
def many() -> tuple[Facts, Papers]:
    """Enough families for what is rare."""
    knobs = replace(KNOBS, rows=500, block_size=4_000)
    its = facts_of(knobs, 0, YEAR)
    return its, file(its, LAW, knobs)


def of_kind(papers: Papers, kind: str) -> pl.DataFrame:
    return papers.documents.filter(pl.col("kind") == kind)


def test_the_tables_are_the_standard_ones_and_keys_are_unique(papers: Papers) -> None:
    for table, frame in zip((DOCUMENTS, DEPENDENTS, DONATIONS), _frames(papers), strict=True):
        assert frame.schema == table.schema
        assert frame.select(table.key).is_unique().all()
    assert set(papers.documents["kind"]) == set(BOXES)


def test_nothing_stands_where_a_form_has_no_box(papers: Papers) -> None:
    for kind, boxes in BOXES.items():
        frame = of_kind(papers, kind)
        assert frame.height
        assert frame.select(pl.exclude(boxes)).null_count().sum_horizontal().item() == frame.height * (
            len(DOCUMENTS.schema) - len(boxes)
        )


def test_a_salary_report_without_adjustment_leaves_amounts_empty_and_names_relatives(papers: Papers) -> None:
    reports = of_kind(papers, "salary_report").filter(~pl.col("year_end_adjusted"))
    assert all(reports[name].is_null().all() for name in ADJUSTED_ONLY)
    main, other = (reports.filter(pl.col("withholding_column") == name) for name in ("main", "other"))
    assert main.select(pl.sum_horizontal(COUNTS).sum()).item() > 0
    assert other.select(pl.sum_horizontal(COUNTS).sum()).item() == 0
    assert set(other["spouse_kind"]) == {"none"}


def test_deductions_add_up_to_their_total_on_every_paper_that_states_one(papers: Papers) -> None:
    stated = papers.documents.filter(pl.col("deductions_total").is_not_null())
    sums = stated.select(pl.sum_horizontal(pl.col(name).fill_null(0) for name in DEDUCTIONS)).to_series()
    assert (sums == stated["deductions_total"]).all()
    assert stated.height > 300


def test_reports_and_tax_returns_state_income_tax_amounts_and_resident_returns_their_own(
    papers: Papers,
) -> None:
    basic = LAW.deductions.basic.rows[0].value
    assert of_kind(papers, "resident_return").filter(pl.col("basic_deduction") != basic).is_empty()
    ordinary = pl.col("total_income").fill_null(0) < 20_000_000
    for kind in ("salary_report", "tax_return"):
        stated = of_kind(papers, kind).filter(ordinary)["basic_deduction"].drop_nulls()
        assert set(stated) == {TAX.basic.rows[0].value}
    spouse = of_kind(papers, "salary_report")["spouse_deduction"].drop_nulls()
    assert set(spouse) <= {row.value for row in (*TAX.spouse_general.rows, *TAX.spouse_elderly.rows)}


def test_an_adjusted_report_withholds_the_tax_that_its_own_figures_give(papers: Papers) -> None:
    reports = of_kind(papers, "salary_report").filter("year_end_adjusted")
    income = pl.col("salary_income") - pl.col("income_adjustment").fill_null(0)
    due = TAX.due(
        TAX.tax(income - pl.col("deductions_total")), pl.col("housing_loan_deductible").fill_null(0)
    )
    assert reports.select((pl.col("withheld_income_tax") == due).all()).item()
    assert reports.select(
        (pl.col("salary_income") == LAW.salary_income.of(pl.col("salary_revenue"))).all()
    ).item()


def test_a_tax_return_states_what_all_reports_withheld(papers: Papers) -> None:
    reports = papers.documents.filter(pl.col("kind").str.ends_with("_report"))
    sums = reports.group_by("person_id").agg(reported=pl.col("withheld_income_tax").sum())
    returns = of_kind(papers, "tax_return").join(sums, on="person_id", how="left")
    assert (returns["withheld_income_tax"] == returns["reported"].fill_null(0)).all()
    assert returns["withheld_income_tax"].sum() > 0


def test_a_return_names_every_claim_and_its_counts_are_those_of_its_lines(
    papers: Papers, facts: Facts
) -> None:
    returns = of_kind(papers, "tax_return").select("document_id", "person_id", *COUNTS)
    claims = facts.claims.join(returns, on="person_id", how="semi").height
    lines = papers.dependents.join(returns, on="document_id", how="semi")
    assert lines.height == claims > 0
    under16 = lines.filter(pl.col("role") == "under16").height
    assert (
        abs(returns["n_dependent_under16"].sum() - under16) <= 1
    )  # who is born on 1 January is a year older


def test_lines_state_an_income_of_spouses_and_specified_relatives_only() -> None:
    facts = facts_of(replace(KNOBS, rows=400, block_size=2_000, years=(2026,)), 0, 2026)
    lines = file(facts, Law.of(2026), KNOBS).dependents
    stated = lines.filter(pl.col("stated_income").is_not_null())
    assert set(stated["role"]) == {"spouse", "dependent"}
    students = stated.filter(pl.col("role") == "dependent")["stated_income"]
    assert students.min() > Law.of(2026).relative_income_limit  # type: ignore[operator]


def test_a_relative_who_is_in_no_register_has_a_line_without_a_number(papers: Papers, facts: Facts) -> None:
    known = set(facts.residents["person_id"])
    named = papers.dependents["dependent_person_id"]
    assert set(named.drop_nulls()) <= known
    assert named.null_count() > 0


def test_the_papers_of_who_lives_elsewhere_on_the_assessment_date_are_not_here(
    papers: Papers, facts: Facts
) -> None:
    elsewhere = facts.lives.filter(~pl.col("is_resident"))
    assert elsewhere.height
    assert papers.documents.join(elsewhere, on="person_id", how="semi").is_empty()


def test_a_payer_sends_all_its_reports_on_one_day_and_by_one_channel(papers: Papers) -> None:
    reports = papers.documents.filter(pl.col("payer_id").is_not_null())
    each = reports.group_by("payer_id").agg(pl.col("received_on", "channel").n_unique())
    assert each["received_on"].max() == each["channel"].max() == 1


@pytest.mark.parametrize(
    ("kind", "first", "usual", "last"),
    [
        ("salary_report", date(YEAR, 1, 1), date(YEAR, 2, 1), date(YEAR, 4, 15)),
        ("pension_report", date(YEAR, 1, 10), date(YEAR, 2, 1), date(YEAR, 2, 3)),
        ("tax_return", date(YEAR, 1, 10), date(YEAR, 3, 31), date(YEAR, 5, 1)),
        ("resident_return", date(YEAR, 2, 1), date(YEAR, 3, 16), date(YEAR, 4, 20)),
    ],
)
def test_most_papers_come_in_time_and_some_late(
    papers: Papers, kind: str, first: date, usual: date, last: date
) -> None:
    received = of_kind(papers, kind)["received_on"]
    assert received.is_between(first, last).all()
    assert (received <= usual).mean() > 0.7


def test_parts_give_the_same_papers_as_the_whole(papers: Papers) -> None:
    whole = facts_of(replace(KNOBS, block_size=800), 0, YEAR)
    halves = [facts_of(KNOBS, block, YEAR) for block in range(2)]
    at_once = file(whole, LAW, KNOBS)
    for frame, kind in zip(_frames(at_once), (DOCUMENTS, DEPENDENTS, DONATIONS), strict=True):
        name = kind.name
        parts = pl.concat(getattr(file(half, LAW, KNOBS), name) for half in halves)
        assert kind.arrange(parts).equals(frame)
    assert at_once.documents.height > papers.documents.height


def test_pay_that_a_later_employer_counts_in_stands_in_its_figures_and_remarks(
    papers: Papers, facts: Facts
) -> None:
    earlier = facts.jobs.filter(pl.col("rolled_into").is_not_null())
    own = facts.jobs.select("person_id", "payer_id", own_pay="revenue", own_premiums="social_insurance")
    reports = of_kind(papers, "salary_report").join(own, on=["person_id", "payer_id"])
    both = reports.join(earlier, left_on=["person_id", "payer_id"], right_on=["person_id", "rolled_into"])
    assert both.height > 10
    assert (both["salary_revenue"] == both["own_pay"] + both["revenue"]).all()
    assert (both["previous_salary_revenue"] == both["revenue"]).all()
    assert (both["previous_social_insurance"] == both["social_insurance_right"]).all()
    assert (both["previous_payer_id"] == both["payer_id_right"]).all()


def test_an_earlier_employer_reports_large_pay_always_and_small_pay_at_times(
    many: tuple[Facts, Papers],
) -> None:
    its, papers = many
    here = its.lives.filter("is_resident")
    earlier = its.jobs.filter(pl.col("rolled_into").is_not_null()).join(here, on="person_id", how="semi")
    filed = papers.documents.select("person_id", "payer_id", filed=pl.lit(value=True))
    shares = (
        earlier.join(filed, on=["person_id", "payer_id"], how="left")
        .group_by(large=pl.col("revenue") > 300_000)
        .agg(pl.col("filed").fill_null(value=False).mean())
    )
    by_size = dict(shares.rows())
    assert by_size[True] == 1
    assert 0.2 < by_size[False] < 0.8


def test_the_first_year_of_a_loan_stands_on_the_return_alone(many: tuple[Facts, Papers]) -> None:
    documents = many[1].documents
    loans = documents.filter(pl.col("housing_loan_deductible").is_not_null())
    new = loans.filter(pl.col("housing_move_in_on") >= date(YEAR - 1, 1, 1))
    assert set(new["kind"]) == {"tax_return"}
    assert set(loans["kind"]) == {"tax_return", "salary_report"}


def test_gifts_stand_on_their_givers_return_or_on_a_notice(papers: Papers, facts: Facts) -> None:
    given = facts.gifts.join(facts.lives.filter("is_resident"), on="person_id", how="semi")
    assert 0 < given.height < facts.gifts.height
    assert papers.donations.height == given.height
    lines = papers.donations.filter(pl.col("source") == "return")
    stated = lines.group_by("document_id").agg(pl.col("amount").sum())
    returns = papers.documents.join(stated, on="document_id", how="inner")
    assert returns.height == stated.height
    assert (returns["donation_total"] == returns["amount"]).all()
    notices = papers.donations.filter(pl.col("source") == "one_stop")
    assert notices["document_id"].is_null().all()
    assert notices["received_on"].max() <= date(YEAR, 1, 31)  # type: ignore[operator]


def _frames(papers: Papers) -> list[pl.DataFrame]:
    return [getattr(papers, field.name) for field in fields(papers)]
