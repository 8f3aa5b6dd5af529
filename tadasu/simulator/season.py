"""One block's tax year: facts, papers, slips, the merge, the list, what staff did, the final books."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from tadasu import checks
from tadasu.fields import FIELDS
from tadasu.law import Law, assess
from tadasu.simulator import chance, papers, population, slips, staff
from tadasu.simulator.facts import Facts
from tadasu.simulator.merge import merge
from tadasu.simulator.settings import Knobs
from tadasu.simulator.slips import Scene
from tadasu.simulator.slips.odds import Odds
from tadasu.tables import ASSESSMENTS

MERGED_ON = (4, 30)
"""Month and day up to which papers are in the record; who files later is on the list."""
_CHECK_NUMBER = {check.code: number for number, check in enumerate(checks.CATALOGUE)}


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """What a block's tax year left.

    Attributes:
        year: the tax year.
        tables: the standard tables of touched households, by name, with rows and documents under the
            numbers of the block; `inconsistencies` has the catalogue's codes.
        right: the right lines of the rows (`staff.right_lines`).
        rows: `row_id`, `key` and the rest of `staff.work`, and `cause` (slip, innocent or other).
        books: the final record of everybody in the block.
        taxpayers: how many people have a taxable income (所得割の納税義務者).
    """

    year: int
    tables: dict[str, pl.DataFrame]
    right: pl.DataFrame
    rows: pl.DataFrame
    books: pl.DataFrame
    taxpayers: int


def clean_books(knobs: Knobs, block: int, year: int) -> pl.DataFrame:
    """Return the record of a year in which nothing went wrong: what stands before the first year written."""
    law = Law.of(year)
    facts = population.year(knobs, block, year)
    return merge(facts.residents, papers.file(facts, law, knobs), law)


def season(knobs: Knobs, block: int, year: int, previous: pl.DataFrame, odds: Odds) -> Season:
    """Return a block's tax year; `previous` are the books of the year before."""
    law = Law.of(year)
    facts = population.year(knobs, block, year)
    scene = Scene(facts, papers.file(facts, law, knobs), law, knobs)
    hits = slips.draw(scene, (*slips.CATALOGUE, *slips.INNOCENT), odds)
    filed = slips.happen(scene, hits)
    record = merge(facts.residents, filed.seen, law)
    record = staff.final(record, filed.keyed, facts.residents, law)
    tables = {
        "residents": facts.residents,
        "documents": filed.papers.documents,
        "dependents": filed.papers.dependents,
        "donations": filed.papers.donations,
        "assessments": record,
        "previous_assessments": previous,
    }
    listed = checks.run(tables, law, merged_on=date(year, *MERGED_ON))
    tables["assessments"] = record = _with_empty(record, listed, facts.residents, law)
    tables["inconsistencies"] = listed
    blame = slips.blame(hits)
    rows, right = _judged(listed, record, facts, blame)
    rows = rows.with_columns(_cause(right, hits))
    worked = staff.work(rows, right, staff.Desk(knobs.seed, knobs.rows, knobs.noise), year)
    tables["corrections"], tables["second_opinions"] = worked.corrections, worked.second_opinions
    books = _books(record, worked.corrections, rows, facts, law)
    taxed = record.filter(pl.col("is_resident"), pl.col("income_levy_before_credits") > 0)
    return Season(year, _touched(tables), right, rows, books, taxed.height)


def _with_empty(
    record: pl.DataFrame, listed: pl.DataFrame, residents: pl.DataFrame, law: Law
) -> pl.DataFrame:
    """Return the record with an empty one of who is on the list and has none: nothing was filed for them."""
    without = listed.select("person_id").unique().join(record, on="person_id", how="anti").sort("person_id")
    if without.is_empty():
        return record
    register = residents.select(
        "person_id", "sex", "public_assistance", minor=law.is_minor(pl.col("birth_date"))
    )
    empty = without.join(register, on="person_id", how="left", maintain_order="left").with_columns(
        tax_year=pl.lit(law.year, pl.Int32), is_resident=pl.lit(value=True), **_nothing()
    )
    return pl.concat([record, assess(empty, law).select(*ASSESSMENTS.schema)]).sort("person_id")


def _nothing() -> dict[str, pl.Expr]:
    """Return an expression for each tax field of a record that nothing was filed for."""
    values: dict[str, pl.Expr] = {}
    for name, dtype in ASSESSMENTS.schema.items():
        field = FIELDS.get(name)
        if field is None or field.entry == "computed" or name in ("is_resident", "minor"):
            continue
        empty = {"yen": 0, "count": 0, "flag": False, "status": "none"}[field.kind]
        values[name] = pl.lit(None if name == "spouse_total_income" else empty, dtype)
    return values


def _judged(
    listed: pl.DataFrame, record: pl.DataFrame, facts: Facts, blame: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows as staff get them, and what is right of each."""
    people = listed.select("person_id").unique()
    mine = record.join(people, on="person_id", how="semi")
    truth = facts.truth.join(people, on="person_id", how="semi")
    rows = _keyed(listed.rename({"check_code": "check"})).join(
        _recorded(mine), on=["person_id", "field"], how="left", maintain_order="left"
    )
    right = staff.right_lines(rows, staff.errors(mine, truth), blame)
    return staff.asks(rows, blame, staff.Habits.usual().usual_asks), right


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the number of the person, and a number of the row that no other row of the ward has."""
    person = pl.Series("person", chance.numbers(rows["person_id"]), pl.Int64)
    place = pl.col("row_id").str.split("-").list.last().cast(pl.Int64)
    number = pl.col("check").replace_strict(_CHECK_NUMBER, return_dtype=pl.Int64)
    return rows.with_columns(person).with_columns(
        ((pl.col("person") * 128 + number) * 128 + place).alias("key")
    )


def _recorded(record: pl.DataFrame) -> pl.DataFrame:
    """Return `person_id`, `field`, `recorded`: the values of the record as text."""
    names = [name for name in ASSESSMENTS.schema if name in FIELDS]
    texts = record.select("person_id", *(pl.col(name).cast(pl.String) for name in names))
    return texts.unpivot(on=names, index="person_id", variable_name="field", value_name="recorded")


def _cause(right: pl.DataFrame, hits: list[slips.Hit]) -> pl.Expr:
    """Say of each row why it is there: wrong, a slip without effect here, an innocent cause, or other."""
    wrong = pl.col("row_id").is_in(right["row_id"].implode())
    shown = [(slip, hit) for slip, hit in hits if slip.checks]

    def of(innocent: bool) -> pl.Expr:
        keys = [
            hit["person_id"] + f"-{check}"
            for slip, hit in shown
            if bool(slip.fields) != innocent
            for check in slip.checks
        ]
        named = pl.concat(keys) if keys else pl.Series([], dtype=pl.String)
        return (pl.col("person_id") + "-" + pl.col("check")).is_in(named.implode())

    words = pl.when(wrong).then(pl.lit("wrong")).when(of(innocent=False)).then(pl.lit("slip"))
    return words.when(of(innocent=True)).then(pl.lit("innocent")).otherwise(pl.lit("other")).alias("cause")


def _books(
    record: pl.DataFrame, corrections: pl.DataFrame, rows: pl.DataFrame, facts: Facts, law: Law
) -> pl.DataFrame:
    said = corrections.filter(pl.col("outcome") == "corrected").sort("decided_on", "row_id", "action_no")
    lines = said.join(rows.select("row_id", "person_id"), on="row_id", how="inner", maintain_order="left")
    entered = lines.select("person_id", "field", "new_value")
    return staff.final(record, entered, facts.residents, law, facts.truth)


def _touched(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables of the households that the list touches, others' related people included."""
    listed, residents = tables["inconsistencies"], tables["residents"]
    named = pl.concat([listed["person_id"], listed["related_person_id"].drop_nulls()]).unique()
    homes = residents.filter(pl.col("person_id").is_in(named.implode())).select("household_id").unique()
    here = residents.join(homes, on="household_id", how="semi", maintain_order="left")
    people = pl.concat([here["person_id"], listed["person_id"]]).unique().to_frame("person_id")
    kept = {
        name: frame.join(people, on="person_id", how="semi", maintain_order="left")
        for name, frame in tables.items()
        if name in ("documents", "donations", "assessments", "previous_assessments")
    }
    lines = tables["dependents"].join(kept["documents"], on="document_id", how="semi", maintain_order="left")
    return tables | kept | {"residents": here, "dependents": lines}
