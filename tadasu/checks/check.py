"""Check: one question that a tax system asks of the papers it has merged, declared once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tadasu.checks.records import Records
from tadasu.law import Law

Subject = Literal["identity", "salary", "pension", "income", "family", "deduction", "credit", "collection"]

SUBJECTS: dict[Subject, str] = {
    "identity": "宛名・課税資格",
    "salary": "給与",
    "pension": "公的年金等",
    "income": "その他の所得",
    "family": "人的控除",
    "deduction": "物的控除",
    "credit": "税額控除",
    "collection": "徴収・形式",
}
"""The subjects in the order of the catalogue, with what staff read."""

REPAIRS: dict[str, str] = {
    "take_document": "資料のとおりにする",
    "add_document": "漏れた資料を加える",
    "drop_document": "資料を除く",
    "recompute": "法令で計算し直す",
    "remove_claim": "扶養・配偶者を外す",
    "add_claim": "扶養・配偶者を加える",
    "move_claim": "他の申告者へ移す",
    "change_class": "区分を改める",
    "set_status": "該当・非該当を改める",
    "undo_keying": "入力誤りを直す",
    "set_residence": "賦課の有無を改める",
    "void_notice": "ワンストップ特例を無効にする",
    "leave": "修正不要",
    "inquire": "照会する",
}
"""The words for what may settle a row, with what staff read."""

Find = Callable[[Records, Law], pl.DataFrame]
"""From a year's tables and its law to the rows of a check (the columns of `tadasu.checks.rows.ROW`)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called, what it doubts, what may settle its rows, and how they are found.

    `code` is the catalogue's own and stays; what a tax system prints is a matter of `tadasu.checks.codes`.
    `alias` is the name that another maker's system gives it. `field` is the tax field that it doubts, where
    it always is the same one (rows say which where it is not); `fields` are all tax fields that its rows are
    about: what is wrong in one of them is put right there. `law` names the article that the check rests
    on, `repairs` are words of `REPAIRS`, the likeliest first. `question` says in one Japanese sentence when
    a row is raised, `without_error` what raises one in papers that hold no mistake (empty: nothing does).
    """

    code: str
    name: str
    alias: str
    subject: Subject
    field: str | None
    fields: tuple[str, ...]
    law: str
    repairs: tuple[str, ...]
    question: str
    find: Find
    without_error: str = ""

    @property
    def wave(self) -> int:
        """Return in which of the system's runs the check is made, from 0: subjects come one after another."""
        return list(SUBJECTS).index(self.subject)
