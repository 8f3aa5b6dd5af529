"""From facts to papers: what payers, people and municipalities file when nothing goes wrong."""

import polars as pl

from tadasu.law import Law
from tadasu.simulator.facts import Facts
from tadasu.simulator.papers import amounts, gifts, received, relatives, reports, returns
from tadasu.simulator.papers.boxes import ADJUSTED_ONLY, BOXES, EVEN_IF_ZERO
from tadasu.simulator.papers.income_tax import IncomeTax
from tadasu.simulator.papers.papers import Papers
from tadasu.simulator.papers.whole import STATUSES, whole
from tadasu.simulator.settings import Knobs
from tadasu.tables import DOCUMENTS


def file(facts: Facts, law: Law, knobs: Knobs) -> Papers:
    """Return the papers of one tax year of a block, in the standard layout.

    They state what is true, each as far as its form asks and its sender knows. Amounts are those of the
    income tax, on resident returns those of the resident tax; whole yen.
    """
    people, seed = whole(facts, law), knobs.seed
    sent = received.by_payer(facts.payers, seed, law.year)
    salary = reports.salary(facts.jobs, people, law, seed).join(
        sent, on="payer_id", how="left", maintain_order="left"
    )
    pension = reports.pension(facts.pensions, people, law, seed).join(
        sent, on="payer_id", how="left", maintain_order="left"
    )
    filers = returns.filed(people, facts.gifts)
    tax_returns = _received(filers, "tax_return", received.by_filer, seed, law.year)
    resident = _received(filers, "resident_return", received.at_the_ward, seed, law.year)
    salary, pension, tax_returns, resident = _numbered([salary, pension, tax_returns, resident], law.year)
    claims = _claims([salary, pension, tax_returns, resident], facts, law, seed)
    counted = relatives.counts(claims, law)
    salary = _adjusted(_claiming(salary, counted), law)
    pension = _claiming(pension, counted)
    withheld = _withheld([salary, pension])
    tax_returns = returns.on_tax_returns(_claiming(tax_returns, counted), withheld, law)
    resident = returns.on_resident_returns(_claiming(resident, counted), law)
    documents = pl.concat(
        _boxes(frame, kind, law.year)
        for kind, frame in zip(BOXES, (salary, pension, tax_returns, resident), strict=True)
    )
    return Papers(
        documents=DOCUMENTS.arrange(documents),
        dependents=relatives.lines(claims, facts.residents, law),
        donations=gifts.donations(_of(facts.gifts, people), documents, seed, law.year),
    )


def _of(frame: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    return frame.join(people.select("person_id"), on="person_id", how="semi", maintain_order="left")


def _received(filers: pl.DataFrame, kind: str, how: received.Arrival, seed: int, year: int) -> pl.DataFrame:
    who = filers.filter(pl.col("kind") == kind)
    return who.join(how(who["person_id"], seed, year), on="person_id", how="left", maintain_order="left")


def _numbered(frames: list[pl.DataFrame], year: int) -> list[pl.DataFrame]:
    """Number each person's papers as they arrive: D, year, the person's digits, two digits."""
    payer = [f["payer_id"] if "payer_id" in f.columns else pl.lit(None, pl.String) for f in frames]
    keys = pl.concat(
        f.select("person_id", "received_on", "kind", payer_id=p, frame=pl.lit(n, pl.Int64)).with_row_index(
            "row"
        )
        for n, (f, p) in enumerate(zip(frames, payer, strict=True))
    )
    keys = keys.sort("person_id", "received_on", "kind", "payer_id", "frame", "row", nulls_last=True)
    place = pl.int_range(1, pl.len() + 1).over("person_id").cast(pl.String).str.zfill(2)
    number = pl.lit(f"D{year % 100:02d}") + pl.col("person_id").str.slice(1) + place
    keys = keys.select("frame", "row", document_id=number).sort("frame", "row")
    return [
        frame.with_columns(keys.filter(pl.col("frame") == n)["document_id"]) for n, frame in enumerate(frames)
    ]


def _claims(frames: list[pl.DataFrame], facts: Facts, law: Law, seed: int) -> pl.DataFrame:
    columns = ("document_id", "person_id", "kind", "names_relatives", "total_income")
    papers = pl.concat(frame.select(columns) for frame in frames)
    return relatives.on_papers(papers, facts.claims, seed, law.year)


def _claiming(frame: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Add counts and spouse; a paper that names no relatives says nothing of the person's statuses either."""
    frame = frame.join(counted, on="document_id", how="left", maintain_order="left")
    names, is_pension = pl.col("names_relatives"), pl.col("kind") == "pension_report"
    told = {name: pl.col(name) for name in STATUSES} | {
        "spouse_kind": pl.col("spouse_kind").fill_null("none")
    }
    asked = {name: pl.when(is_pension).then(None).otherwise(pl.lit(value=False)) for name in STATUSES}
    nothing = asked | {
        name: pl.when(is_pension).then(None).otherwise(pl.lit("none"))
        for name in ("self_disability", "spouse_kind")
    }
    said = {name: pl.when(names).then(told[name]).otherwise(nothing[name]) for name in told}
    return frame.with_columns(
        **(said | {"minor": pl.when(is_pension & ~names).then(None).otherwise("minor")}),
        **{name: pl.col(name).fill_null(0) for name in relatives.COUNTS},
    )


def _adjusted(salary: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Compute deductions and tax of the year-end adjusted reports; leave those boxes of others empty.

    An employer goes by the pay that it knows.
    """
    tax, adjusted = IncomeTax.of(law.year), pl.col("year_end_adjusted")
    own = pl.col("salary_income") - pl.col("income_adjustment")
    stated = amounts.income_tax(salary.with_columns(total_income=own), tax)
    base = own - pl.col("deductions_total")
    loan = pl.col("housing_loan_deductible")
    stated = stated.with_columns(income_tax_before_credits=tax.tax(base))
    due = tax.due(pl.col("income_tax_before_credits"), loan.fill_null(0))
    return stated.with_columns(
        withheld_income_tax=pl.when(adjusted).then(due).otherwise("withheld_income_tax"),
        income_tax_before_credits=pl.when(loan.is_not_null()).then("income_tax_before_credits"),
    ).with_columns(pl.when(adjusted).then(pl.col(name)).alias(name) for name in ADJUSTED_ONLY)


def _withheld(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Return (person_id, withheld_income_tax): what the reports of each person state in all."""
    stated = pl.concat(frame.select("person_id", "withheld_income_tax") for frame in frames)
    return stated.group_by("person_id").agg(pl.col("withheld_income_tax").sum()).sort("person_id")


def _boxes(frame: pl.DataFrame, kind: str, year: int) -> pl.DataFrame:
    """Return documents with the boxes that the form has, blank where nothing is stated."""
    frame = frame.with_columns(tax_year=pl.lit(year, pl.Int32), is_cancelled=pl.lit(value=False))
    return frame.select(
        _box(name, frame, dtype).alias(name) if name in BOXES[kind] else pl.lit(None, dtype).alias(name)
        for name, dtype in DOCUMENTS.schema.items()
    )


def _box(name: str, frame: pl.DataFrame, dtype: pl.DataType) -> pl.Expr:
    stated = pl.col(name).cast(dtype)
    if dtype != pl.Int64 or name in EVEN_IF_ZERO or name not in frame.columns:
        return stated
    return pl.when(stated != 0).then(stated)
