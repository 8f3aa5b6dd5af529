"""A tax year of one block before anything goes wrong, with the views in which slips look for their places."""

from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from tadasu.law import Law
from tadasu.simulator.facts import Facts
from tadasu.simulator.merge.in_force import adopted, in_force
from tadasu.simulator.papers import file
from tadasu.simulator.papers.papers import Papers
from tadasu.simulator.settings import Knobs


@dataclass(frozen=True)
class Scene:
    """Facts, clean papers, the law, the ward's knobs."""

    facts: Facts
    papers: Papers
    law: Law
    knobs: Knobs

    @property
    def seed(self) -> int:
        """Return the ward's seed."""
        return self.knobs.seed

    @property
    def year(self) -> int:
        """Return the tax year."""
        return self.law.year

    @cached_property
    def valid(self) -> pl.DataFrame:
        """The documents in force, with their `strength` (see `merge.in_force`)."""
        return in_force(self.papers.documents)

    @cached_property
    def adopted(self) -> pl.DataFrame:
        """Of each person the document whose deductions count."""
        return adopted(self.valid)

    def adopted_where(self, of_truth: pl.Expr) -> pl.DataFrame:
        """Return the adopted documents of taxpayers whose true record is so, with what it says: `right_…`."""
        right = self.facts.truth.filter(of_truth).select(
            "person_id",
            right_disability="self_disability",
            right_widow="widow",
            right_parent="single_parent",
            right_income="total_income",
        )
        paper = self.adopted.select("person_id", "document_id")
        return paper.join(right, on="person_id", how="inner", maintain_order="left")

    @cached_property
    def returns(self) -> pl.DataFrame:
        """The adopted documents that are returns."""
        return self.adopted.filter(pl.col("strength") <= 1)

    @cached_property
    def salary_reports(self) -> pl.DataFrame:
        """Salary reports in force."""
        return self.valid.filter(pl.col("kind") == "salary_report")

    @cached_property
    def pension_reports(self) -> pl.DataFrame:
        """Pension reports in force."""
        return self.valid.filter(pl.col("kind") == "pension_report")

    @cached_property
    def lone_reports(self) -> pl.DataFrame:
        """Salary reports in force of people who filed no return: what they say is what is assessed."""
        filers = self.returns.select("person_id")
        return self.salary_reports.join(filers, on="person_id", how="anti", maintain_order="left")

    @cached_property
    def people(self) -> pl.DataFrame:
        """Everybody of the register: `birth_date`, `household_id`, `relationship`, `income` (true total)."""
        income = self.facts.truth.select("person_id", income="total_income")
        register = self.facts.residents.select(
            "person_id",
            "household_id",
            "relationship",
            "birth_date",
            "sex",
            "left_on",
            "left_reason",
            "disability",
        )
        return register.join(income, on="person_id", how="left", maintain_order="left").with_columns(
            pl.col("income").fill_null(0)
        )

    @cached_property
    def couples(self) -> pl.DataFrame:
        """Couples of a household, both ways round: `person_id` and `other_id`, with incomes and births."""
        here = self.people.filter(pl.col("left_on").is_null())
        heads = here.filter(pl.col("relationship") == "head")
        spouses = here.filter(pl.col("relationship") == "spouse")
        return pl.concat([_paired(heads, spouses), _paired(spouses, heads)])

    @cached_property
    def claims(self) -> pl.DataFrame:
        """True claims (`facts.claims`), with the claimant's adopted `document_id` (null: none)."""
        paper = self.adopted.select("person_id", "document_id")
        return self.facts.claims.join(paper, on="person_id", how="left", maintain_order="left")

    @cached_property
    def lines(self) -> pl.DataFrame:
        """Lines of relatives on adopted documents, with `person_id`, `kind` and `counts` (see `counted`)."""
        paper = self.adopted.select("document_id", "person_id", "kind")
        lines = self.papers.dependents.join(paper, on="document_id", how="inner", maintain_order="left")
        together = ~pl.col("lives_apart").fill_null(value=False)
        return lines.with_columns(counted(self.law, together).alias("counts"))

    @cached_property
    def strangers(self) -> pl.DataFrame:
        """People of the register who were no residents on the assessment date, and had an income."""
        earned = self.facts.truth.filter(~pl.col("is_resident"), pl.col("total_income") > 0).select(
            "person_id"
        )
        return self.people.join(earned, on="person_id", how="semi", maintain_order="left")

    @cached_property
    def strangers_papers(self) -> Papers:
        """The papers that `strangers` would have filed as residents of the ward."""
        people = self.strangers.select("person_id")
        lives = self.facts.lives.join(people, on="person_id", how="semi", maintain_order="left")
        gifts = self.facts.gifts.join(people, on="person_id", how="semi", maintain_order="left")
        here = lives.with_columns(is_resident=pl.lit(value=True))
        return file(replace(self.facts, lives=here, gifts=gifts), self.law, self.knobs)

    @cached_property
    def family(self) -> pl.DataFrame:
        """Members of a household beside the couple at its head, as relatives on the papers of each.

        Columns: `person_id`, `document_id`, `kind` of the taxpayer's paper; `relative_id`, `relationship`,
        `birth_date`, `relative_income`, `counts` (see `counted`); `is_claimed`, `is_mine` (by this one).
        """
        here = self.people.filter(pl.col("left_on").is_null())
        members = here.filter(
            pl.col("relationship").is_in(("child", "parent", "grandparent", "sibling"))
        ).select(
            "household_id",
            "relationship",
            "birth_date",
            relative_id="person_id",
            relative_income="income",
        )
        heads = here.filter(pl.col("relationship").is_in(("head", "spouse"))).select(
            "household_id", "person_id", own_income="income"
        )
        claims = self.facts.claims.select("person_id", "relative_id", is_mine=pl.lit(value=True)).unique()
        claimed = claims.select("relative_id", is_claimed="is_mine").unique()
        paper = self.adopted.select("person_id", "document_id", "kind")
        return (
            heads.join(members, on="household_id", how="inner", maintain_order="left_right")
            .join(paper, on="person_id", how="inner", maintain_order="left")
            .join(claimed, on="relative_id", how="left", maintain_order="left")
            .join(claims, on=["person_id", "relative_id"], how="left", maintain_order="left")
            .with_columns(
                pl.col("is_claimed", "is_mine").fill_null(value=False),
                counted(self.law, pl.lit(value=True)).alias("counts"),
            )
        )


def counted(law: Law, together: pl.Expr) -> pl.Expr:
    """Return the count in which a relative belongs, by `birth_date`, `relationship` and `together`."""
    age = law.relative_class(pl.col("birth_date"))
    ascendant = pl.col("relationship").is_in(("parent", "grandparent")) & together
    by_class = pl.when((age == "elderly") & ascendant).then(pl.lit("elderly_cohabiting")).otherwise(age)
    return pl.lit("n_dependent_") + by_class


def _paired(ones: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    beside = others.select(
        "household_id", other_id="person_id", other_income="income", other_birth="birth_date"
    ).unique("household_id", keep="first", maintain_order=True)
    return (
        ones.select("household_id", "person_id", own_income="income")
        .join(beside, on="household_id", how="inner", maintain_order="left")
        .drop("household_id")
    )
