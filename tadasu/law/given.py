"""What is given for a person: the tax fields and the optional inputs, with how each is read from a frame.

A column that is missing and a cell that is empty mean none or zero; only residence is taken to be given
where nothing is said. A column of another type is an error of the whole frame.
"""

from dataclasses import dataclass

import polars as pl

from tadasu.errors import TadasuError
from tadasu.fields import TAX_FIELDS, Field


class FrameError(TadasuError, TypeError):
    """A column holds another type than the tax field it is named after."""


OPTIONAL: tuple[Field, ...] = (
    Field("short_transfer_income", "分離短期譲渡所得", "yen", "income", "附則35条", negative=True),
    Field("donation_ward_only", "寄附金（区の条例だけが指定）", "yen", "credit", "314条の7第1項4号"),
    Field("donation_metropolis_only", "寄附金（都の条例だけが指定）", "yen", "credit", "37条の2第1項4号"),
    Field("n_abroad", "国外居住の配偶者・扶養親族", "count", "count", "附則5条の8"),
    Field("remnant_spouse", "控除対象配偶者でない同一生計配偶者（国内）", "flag", "status", "附則5条の12"),
    Field("sex", "性別", "status", "status", "314条の6", values=("M", "F")),
    Field("public_assistance", "生活保護", "flag", "status", "295条1項1号"),
)

INPUTS: dict[str, Field] = {field.name: field for field in (*TAX_FIELDS, *OPTIONAL)}

_WHOLE = (pl.Int64, pl.Int32, pl.Int16, pl.Int8, pl.UInt32, pl.UInt16, pl.UInt8)
_WORDS = (pl.String, pl.Categorical, pl.Enum)
_ACCEPTED = {
    "yen": (_WHOLE, "whole numbers"),
    "count": (_WHOLE, "whole numbers"),
    "flag": ((pl.Boolean,), "true or false"),
    "status": (_WORDS, "text"),
    "date": ((pl.Date,), "dates"),
}
_ACCEPTED_AS = {"tax_year": "count", "birth_date": "date"}


@dataclass(frozen=True, slots=True)
class Given:
    """The inputs of a frame as expressions without nulls."""

    schema: pl.Schema

    @staticmethod
    def of(schema: pl.Schema) -> "Given":
        """Return the inputs of a frame with this schema.

        Raises:
            FrameError: columns hold other types than their fields; all are named.
        """
        wrong = [_wrong(name, schema[name]) for name in (*INPUTS, *_ACCEPTED_AS) if name in schema]
        if found := [message for message in wrong if message]:
            raise FrameError("; ".join(found))
        return Given(schema)

    @property
    def has_birth_date(self) -> bool:
        """Say whether the frame has dates of birth."""
        return self.schema.get("birth_date") == pl.Date

    def has(self, name: str) -> bool:
        """Say whether the frame has the column with anything in it."""
        return name in self.schema and self.schema[name] != pl.Null

    def whole(self, name: str) -> pl.Expr:
        """Return an amount or a count as Int64, 0 where nothing is given."""
        if not self.has(name):
            return pl.lit(0, pl.Int64)
        return pl.col(name).cast(pl.Int64).fill_null(0)

    def total(self, *names: str) -> pl.Expr:
        """Return the sum of the amounts that the frame has."""
        here = [self.whole(name) for name in names if self.has(name)]
        return pl.sum_horizontal(here) if len(here) > 1 else here[0] if here else pl.lit(0, pl.Int64)

    def flag(self, name: str, *, unless_said: bool = False) -> pl.Expr:
        """Return a flag, `unless_said` where nothing is given."""
        return pl.col(name).fill_null(unless_said) if self.has(name) else pl.lit(unless_said)

    def is_null(self, name: str) -> pl.Expr:
        """Return whether nothing is given."""
        return pl.col(name).is_null() if self.has(name) else pl.lit(True)

    def word_is(self, name: str, word: str) -> pl.Expr:
        """Return whether a status is `word`; false where nothing is given."""
        if not self.has(name):
            return pl.lit(False)
        return (pl.col(name) == word).fill_null(False)


def _wrong(name: str, dtype: pl.DataType) -> str:
    accepted, words = _ACCEPTED[_ACCEPTED_AS.get(name) or INPUTS[name].kind]
    if dtype == pl.Null or dtype.base_type() in accepted:
        return ""
    return f"column {name} holds {dtype}, expected {words}"
