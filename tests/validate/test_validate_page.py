"""The validation page: it loads nothing from outside, tells the verdict in words, and can be read aloud."""

import re
from html.parser import HTMLParser

import pytest

from pipelines.expectations import EXPECTATIONS
from pipelines.expectations.declare import Severity
from pipelines.findings import Finding, Validation
from pipelines.validation_page import Missing, percent, render
from tadasu.tables import EXTRACT

VOID = {"meta", "link", "br", "img", "input", "hr"}


def _validation(failed: dict[str, Severity], *, synthetic: bool = False, ward: str = "") -> Validation:
    findings = tuple(
        Finding(expected, 2026, 1_000, 12 if expected.id in failed else 0, failed.get(expected.id))
        for table in EXPECTATIONS.values()
        for expected in table
    )
    return Validation(findings, {2026: {table.name: 1_234 for table in EXTRACT}}, synthetic, ward)


class _Reader(HTMLParser):
    """Collect what a page loads and whether every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_loads_nothing_from_outside() -> None:
    page = render(_validation({"documents.person_known": "critical"}))
    reader = _read(page)
    assert all(target.startswith(("#", "data:")) for target in reader.loads)
    assert not {"script", "iframe", "img", "object", "form"} & set(reader.tags)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)


@pytest.mark.parametrize(
    ("failed", "told", "untold"),
    [
        ({}, ["問題は見つかりませんでした"], ["停止した項目", "注意する項目"]),
        ({"documents.person_known": "warning"}, ["注意：1項目", "注意する項目"], ["<h2>停止した項目"]),
        (
            {"documents.person_known": "critical", "donations.amount_filled": "warning"},
            ["停止：1項目", "<h2>停止した項目", "<h2>注意する項目", "修正提案は作られていません"],
            ["処理は続けました"],
        ),
    ],
)  # fmt: skip
def test_the_verdict_is_told_in_words(
    failed: dict[str, Severity], told: list[str], untold: list[str]
) -> None:
    page = render(_validation(failed))
    for words in told:
        assert words in page
    for words in untold:
        assert words not in page


ALARM = {
    "year": 2026,
    "what": "表の行数が昨年の半分以下",
    "about": "documents <1>",
    "expected": 1_200,
    "found": 0,
}


@pytest.mark.parametrize(
    ("severity", "accepted", "told"),
    [
        ("critical", False, "停止：まとまって欠けている疑いのあるものが1件あり"),
        ("critical", True, "確認済みとして続けました"),
        ("warning", False, "注意：まとまって少ないものが1件あります"),
    ],
)
def test_what_is_missing_as_a_whole_stands_before_everything_else(
    severity: str, accepted: bool, told: str
) -> None:
    unchecked = [{"year": 2025, "what": "前年度の表がない", "count": 1}]
    missing = Missing([{**ALARM, "severity": severity}], unchecked, accepted=accepted)
    page = render(_validation({"documents.person_known": "critical"}), missing)
    _read(page)
    assert page.index(told) < page.index("1,200") < page.index("停止：1項目")
    assert "documents &lt;1&gt;" in page
    assert "2025年度：前年度の表がない" in page
    assert not re.search(r"<th(?! scope)[ >]", page)
    sound = render(_validation({}), missing)
    assert "項目ごとの検査では、問題は見つかりませんでした" in sound
    assert "まとまって" not in render(_validation({}))


def test_a_failed_expectation_stands_with_its_count_its_share_and_what_to_look_at() -> None:
    page = render(_validation({"documents.person_known": "critical"}))
    expected = next(e for e in EXPECTATIONS["documents"] if e.name == "person_known")
    troubles = page[page.index("<h2>停止した項目") : page.index('id="rows"')]
    for words in (expected.description, expected.advice, "停止</b> 12件", "1.2%"):
        assert words in troubles


def test_every_expectation_and_table_stands_on_the_page() -> None:
    page = render(_validation({}))
    for table in EXTRACT:
        assert f"<h3>{table.label}</h3>" in page
        for expected in EXPECTATIONS[table.name]:
            assert expected.description in page
    assert page.count("1,234") == len(EXTRACT)


def test_the_page_can_be_read_aloud() -> None:
    page = render(_validation({"documents.person_known": "critical"}))
    reader = _read(page)
    assert '<html lang="ja">' in page
    assert reader.tags.count("h1") == 1
    assert {"main", "header", "nav", "caption", "title"} <= set(reader.tags)
    assert not re.search(r"<th(?! scope)[ >]", page)


def test_synthetic_data_and_the_ward_are_named_where_given() -> None:
    assert "合成データ" not in render(_validation({}))
    page = render(_validation({}, synthetic=True, ward="見本区 <1>"))
    assert "合成データです" in page
    assert "見本区 &lt;1&gt;" in page


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0%"), (1e-6, "0.1%未満"), (0.001, "0.1%"), (0.25, "25.0%"), (0.9999, "99.9%超"), (1, "100.0%")],
)
def test_a_trace_never_looks_like_nothing(share: float, text: str) -> None:
    assert percent(share) == text
