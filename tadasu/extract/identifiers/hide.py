"""The pass that hides numbers: in the rows, in what is put aside, and in messages that name them."""

from dataclasses import dataclass, field, replace

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract.batch import Batch
from tadasu.extract.identifiers.key import Key
from tadasu.extract.identifiers.plan import KINDS
from tadasu.tables import Table

MESSAGE = "message"
"""The column of free text in which a check may name a person."""
_LISTS = ("document_ids",)
_SHORTEST = 5
"""Digits below which a number within a text may be anything."""
_LONG = 10
"""Digits from which a run as long as a person's number is taken for one, known or not; below, an unknown one
is taken for one only with a zero in front, which no amount has."""
_KEYS = {"document": "document_id", "row": "row_id", "donation": "donation_id"}


@dataclass(slots=True)
class Hider:
    """Hides the numbers of every batch that it is called with, and remembers whose pseudonym is whose.

    kinds: which kinds of `plan.KINDS` are hidden. known: kind → number → pseudonym, of all rows so far.
    """

    key: Key
    kinds: tuple[str, ...]
    known: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with pseudonyms for numbers in `frame`, `broken` and `shown`.

        Raises:
            TadasuError: numbers of documents or rows are made of people's numbers, and are not hidden.
        """
        self._require_no_number_within(batch.frame, batch.table, batch.file)
        width = _width(batch.frame)
        kinds = self._kinds()
        frame = batch.frame.with_columns(
            self._column(batch.frame[name], kinds[name], keep=True)
            for name in batch.frame.columns
            if name in kinds
        )
        if MESSAGE in frame.columns:
            frame = frame.with_columns(self._text(frame[MESSAGE], width))
        shown = batch.shown.with_columns(
            self._told(batch.shown[name], standard, kinds, width)
            for name, standard in batch.identities.items()
            if name in batch.shown.columns
        )
        return replace(batch, frame=frame, shown=shown, broken=self._broken(batch, kinds, width))

    def _kinds(self) -> dict[str, str]:
        return {column: kind for kind in self.kinds for column in KINDS[kind]}

    def _told(self, cells: pl.Series, standard: str, kinds: dict[str, str], width: int) -> pl.Series:
        if standard == MESSAGE:
            return self._text(cells, width)
        return self._column(cells, kinds[standard], keep=False) if standard in kinds else cells

    def _broken(self, batch: Batch, kinds: dict[str, str], width: int) -> pl.DataFrame:
        """Hide the values of unreadable cells, whose column may have its own name or the standard one."""
        names = {**{name: name for name in (*kinds, MESSAGE)}, **batch.identities}
        broken = batch.broken
        for name in broken["column"].drop_nulls().unique(maintain_order=True).to_list():
            if name in names:
                told = self._told(broken["value"], names[name], kinds, width)
                here = (broken["column"] == name).fill_null(False)
                broken = broken.with_columns(told.zip_with(here, broken["value"]).alias("value"))
        return broken

    def _column(self, numbers: pl.Series, kind: str, *, keep: bool) -> pl.Series:
        """Return the pseudonyms of numbers; `keep` remembers them for the way back."""
        if numbers.name in _LISTS:
            return self._list(numbers, kind, keep=keep)
        text = numbers.str.strip_chars()
        unique = [number for number in text.drop_nulls().unique(maintain_order=True).to_list() if number]
        if not unique:
            return numbers
        made = self._pseudonyms(unique, kind, keep=keep)
        return text.replace_strict(unique, made, default=None, return_dtype=pl.String()).alias(numbers.name)

    def _list(self, numbers: pl.Series, kind: str, *, keep: bool) -> pl.Series:
        frame = pl.DataFrame({"at": pl.int_range(numbers.len(), eager=True), "number": numbers})
        parts = frame.drop_nulls().with_columns(pl.col("number").str.split(";")).explode("number")
        parts = parts.with_columns(self._column(parts["number"].alias("number"), kind, keep=keep))
        lists = parts.group_by("at", maintain_order=True).agg(pl.col("number").drop_nulls().str.join(";"))
        joined = frame.select("at").join(lists, on="at", how="left", maintain_order="left")
        return joined["number"].alias(numbers.name)

    def _pseudonyms(self, numbers: list[str], kind: str, *, keep: bool) -> list[str]:
        known = self.known.setdefault(kind, {})
        made = [known.get(number) or self.key.pseudonym(kind, number) for number in numbers]
        if keep:
            known.update(zip(numbers, made, strict=True))
        return made

    def _text(self, texts: pl.Series, width: int) -> pl.Series:
        """Hide numbers of people and payers that stand in a text; full-width digits are digits."""
        runs = texts.drop_nulls().str.extract_all(r"[0-9０-９]+").explode().drop_nulls()
        unique = runs.filter(runs.str.len_chars() >= _SHORTEST).unique(maintain_order=True).to_list()
        names = {run: name for run in unique if (name := self._named(run, width))}
        if not names:
            return texts
        longest = sorted(names, key=len, reverse=True)
        return texts.str.replace_many(longest, [names[run] for run in longest], leftmost=True)

    def _named(self, run: str, width: int) -> str | None:
        import unicodedata

        number = unicodedata.normalize("NFKC", run)
        for kind in ("person", "payer"):
            if number in self.known.get(kind, {}):
                return self.known[kind][number]
        if len(number) == width and (width >= _LONG or number.startswith("0")):
            return self.key.pseudonym("person", number)
        return None

    def _require_no_number_within(self, frame: pl.DataFrame, table: Table, file: str) -> None:
        """Stop where most numbers of documents, rows or donations contain the person's own number."""
        for kind, name in _KEYS.items():
            if kind in self.kinds or name not in frame.columns or "person_id" not in frame.columns:
                continue
            person = pl.col("person_id")
            within = pl.col(name).str.contains(person, literal=True) & (person.str.len_chars() >= _SHORTEST)
            if 2 * (frame.select(within.sum()).item() or 0) > max(frame.height, 1):
                raise TadasuError(
                    f"{file}: {name} of {table.name} is made of the person's number (宛名番号), which must "
                    f"not be seen. Write `also: [{kind}]` under identifiers, and it is hidden as well."
                )


def _width(frame: pl.DataFrame) -> int:
    """Return how long the numbers of people are, most of them; 0 where they are not digits."""
    if "person_id" not in frame.columns:
        return 0
    digits = frame.filter(pl.col("person_id").str.contains(r"^[0-9]+$"))
    sizes = digits.group_by(size=pl.col("person_id").str.len_chars(), maintain_order=True).len()
    usual = sizes.sort("len", descending=True, maintain_order=True)["size"].to_list()
    return int(usual[0]) if usual else 0
