"""What the tax system gets: the papers as filed, those that it did not take in, what was keyed by hand."""

from dataclasses import dataclass, replace

import polars as pl

from tadasu.simulator.papers.papers import Papers

KEYED = {"person_id": pl.String(), "field": pl.String(), "new_value": pl.String()}


@dataclass(frozen=True, slots=True)
class Filed:
    """What the tax system gets.

    Attributes:
        papers: as filed and keyed.
        lost: `document_id` of papers that are there, but that the merge did not take in.
        keyed: `person_id`, `field`, `new_value`: what was entered into the merged record itself.
    """

    papers: Papers
    lost: pl.DataFrame
    keyed: pl.DataFrame

    @staticmethod
    def clean(papers: Papers) -> "Filed":
        """Return papers with which nothing went wrong."""
        return Filed(papers, pl.DataFrame(schema={"document_id": pl.String()}), pl.DataFrame(schema=KEYED))

    @property
    def seen(self) -> Papers:
        """Return the papers that the merge takes in."""
        return replace(
            self.papers, documents=self.papers.documents.join(self.lost, on="document_id", how="anti")
        )

    def but(self, **tables: pl.DataFrame) -> "Filed":
        """Return the same with tables of `papers` replaced."""
        return replace(self, papers=replace(self.papers, **tables))

    def losing(self, hit: pl.DataFrame) -> "Filed":
        """Return the same without the merge taking in the papers of `hit` (`document_id`)."""
        return replace(
            self, lost=pl.concat([self.lost, hit.select("document_id")]).unique(maintain_order=True)
        )

    def keying(self, hit: pl.DataFrame, field: str, value: pl.Expr) -> "Filed":
        """Return the same with a field of the merged record of each person of `hit` keyed as `value`."""
        rows = hit.select("person_id", pl.lit(field).alias("field"), value.cast(pl.String).alias("new_value"))
        rows = rows.drop_nulls().unique("person_id", keep="first", maintain_order=True)
        return replace(self, keyed=pl.concat([self.keyed, rows]))
