"""Expectations of the inconsistency list: its people, its documents, its dates, and how much was labelled."""

import polars as pl

from pipelines.expectations.declare import NOTHING_SAID, AnyRows, Expectation, Filled, Holds, Scope
from tadasu.tables import ASSESSMENTS, CORRECTIONS, DOCUMENTS, INCONSISTENCIES, RESIDENTS


def _named(scope: Scope) -> pl.DataFrame:
    """Return one line per document that a row names: line (of the row), person, related, document, owner."""
    rows = scope.tables[INCONSISTENCIES.name].with_row_index("line")
    owners = scope.tables[DOCUMENTS.name].select("document_id", owner="person_id")
    return (
        rows.select(
            "line", "person_id", "related_person_id", document_id=pl.col("document_ids").str.split(";")
        )
        .explode("document_id")
        .with_columns(pl.col("document_id").str.strip_chars())
        .filter(pl.col("document_id").str.len_bytes() > 0)
        .join(owners.unique("document_id"), on="document_id", how="left", maintain_order="left")
    )


def _of_all(scope: Scope, named: pl.DataFrame, right: pl.Expr) -> pl.Series:
    """Say of each row of the list whether `right` holds for all documents it names; null where for none."""
    lines = pl.DataFrame({"line": pl.int_range(len(scope.tables[INCONSISTENCIES.name]), eager=True)})
    by_line = named.group_by(pl.col("line").cast(pl.Int64)).agg(right.all().alias("right"))
    return lines.join(by_line, on="line", how="left", maintain_order="left")["right"]


def _documents_known(scope: Scope) -> pl.Series:
    return _of_all(scope, _named(scope), pl.col("owner").is_not_null())


def _documents_of_the_case(scope: Scope) -> pl.Series:
    """The owner is the row's person, the related one, or lives with the person."""
    own = pl.col("owner") == pl.col("person_id")
    related = (pl.col("owner") == pl.col("related_person_id")).fill_null(value=False)
    home = scope.lookup("owner", RESIDENTS, "person_id", "household_id")
    together = home == scope.lookup("person_id", RESIDENTS, "person_id", "household_id")
    return _of_all(scope, _named(scope), own | related | together.fill_null(value=False))


def _one_name(_: Scope) -> pl.Expr:
    return pl.col("check_name").n_unique().over("check_code") == 1


def _not_repeated(_: Scope) -> pl.Expr:
    content = [
        column.name for column in INCONSISTENCIES.columns if column.name not in ("row_id", "detected_on")
    ]
    return pl.struct(content).is_first_distinct()


def _opened(scope: Scope) -> pl.Expr:
    if scope.tables[CORRECTIONS.name].is_empty():
        return NOTHING_SAID
    return scope.known("row_id", CORRECTIONS, "row_id")


def _corrected(scope: Scope) -> pl.Expr:
    corrections = scope.tables[CORRECTIONS.name]
    if corrections.is_empty():
        return NOTHING_SAID
    rows = corrections.filter(pl.col("outcome") == "corrected")["row_id"]
    return pl.col("row_id").is_in(rows.drop_nulls().implode())


OF_INCONSISTENCIES: tuple[Expectation, ...] = (
    Expectation(
        "inconsistencies",
        "any",
        "不整合リストに行がある",
        AnyRows(),
        stop_above=0.0,
        advice="空のファイルです。抽出の条件を確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "person_known",
        "行の本人が住民基本台帳にいる",
        Holds(lambda s: s.known("person_id", RESIDENTS)),
        stop_above=0.05,
        advice="宛名番号の仮名化が表ごとに違っていないか、台帳の抽出もれがないか確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "record_known",
        "行の本人に合算結果がある",
        Holds(lambda s: s.known("person_id", ASSESSMENTS)),
        stop_above=0.05,
        advice="現在値がわからない行は判定できません。合算結果の抽出もれがないか確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "documents_named",
        "行に課税資料の番号がある",
        Filled("document_ids"),
        warn_above=0.5,
        stop_above=0.99,
        advice="資料番号の列の対応づけを確かめてください。資料のない行は、候補がほとんど出せません。",
    ),
    Expectation(
        "inconsistencies",
        "documents_known",
        "行が挙げる課税資料がすべてある",
        Holds(_documents_known),
        stop_above=0.2,
        advice="資料番号の付け方が二つの表で違うか、課税資料の抽出もれです。",
    ),
    Expectation(
        "inconsistencies",
        "documents_of_case",
        "行が挙げる課税資料が本人・関係者・同じ世帯の人のものである",
        Holds(_documents_of_the_case),
        warn_above=0.05,
        stop_above=0.5,
        advice="資料番号か宛名番号が別人に付いていないか確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "related_known",
        "行の関係者が住民基本台帳にいる",
        Holds(lambda s: s.known("related_person_id", RESIDENTS)),
        warn_above=0.05,
        advice="区外の人であれば問題ありません。多いときは台帳の抽出条件を確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "field_named",
        "行に項目名がある",
        Filled("field"),
        warn_above=0.5,
        advice="項目名の対応づけが足りません。どの項目の不整合か、コードだけから推し量ることになります。",
    ),
    Expectation(
        "inconsistencies",
        "one_name_per_code",
        "一つのエラーコードに一つのチェック名が付いている",
        Holds(_one_name),
        warn_above=0.01,
        advice="年度の途中でチェック名が変わったか、コードの列がずれています。",
    ),
    Expectation(
        "inconsistencies",
        "not_repeated",
        "同じ内容の行が二度載っていない",
        Holds(_not_repeated),
        warn_above=0.01,
        advice="二重の抽出が疑われます。",
    ),
    Expectation(
        "inconsistencies",
        "detected_in_year",
        "検出日が課税年度の年内である",
        Holds(lambda s: pl.col("detected_on").dt.year() == s.year),
        warn_above=0.05,
        advice="別の年度の行が混ざっていないか確かめてください。",
    ),
    Expectation(
        "inconsistencies",
        "opened",
        "処理記録のある年度で、行に処理の記録がある",
        Holds(_opened),
        warn_above=0.5,
        advice="職員が開いていない行は学習に使いません。半分を超えると、精度が下がります。",
    ),
    Expectation(
        "inconsistencies",
        "some_corrected",
        "処理記録のある年度で、修正された行が百に一つはある",
        Holds(_corrected),
        warn_above=0.99,
        advice="修正の記録が抽出から落ちていませんか。このままでは「修正なし」ばかりを学習します。",
    ),
)
