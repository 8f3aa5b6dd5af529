"""Names of columns: one thing under many spellings."""

import pytest

from tadasu.extract.sniff.kana import heard, spelled
from tadasu.extract.sniff.words import closest, common_beginning, must_not_enter, plain


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("社保控除額", "社会保険料控除"),
        ("ｷｭｳﾖｼｭｳﾆｭｳ", "給与収入"),
        ("ｷﾕｳﾖｼﾕｳﾆﾕｳ", "給与収入"),
        ("KYUYO_SHUNYU", "給与収入"),
        ("世帯番号", "世帯ＩＤ"),
        ("障がい者の手帳", "障害者手帳"),
        ("第３号社保料控除額", "社会保険料控除"),
        ("お給料の収入", "給与収入"),
        ("寡婦か", "寡婦"),
    ],
)
def test_spellings_of_one_thing_are_alike(name: str, phrase: str) -> None:
    assert closest(name, (phrase,)) > 0.9


@pytest.mark.parametrize(
    ("name", "phrase"), [("給与収入", "年金収入"), ("生年月日", "受付日"), ("特定扶養", "老人扶養")]
)
def test_other_things_are_not(name: str, phrase: str) -> None:
    assert closest(name, (phrase,)) < 0.7


def test_an_abbreviation_may_stand_after_its_group() -> None:
    assert closest("控除_医療", ("医療費控除",)) > 0.5
    assert closest("医療_収入", ("給与収入",)) <= 0.5


def test_what_most_names_of_a_file_begin_with_says_nothing() -> None:
    names = ["番号", *(f"去年の{name}" for name in ("給与", "年金", "所得", "控除", "税額", "合計"))]
    assert common_beginning(names) == "去年の"
    assert common_beginning(["給与収入", "給与所得", "年金収入", "年金所得", "医療費", "寄附"]) == ""


def test_an_abbreviation_is_a_guess_and_no_more() -> None:
    assert 0.4 < closest("配控額", ("配偶者控除",)) < 0.75


def test_kana_are_compared_as_they_sound() -> None:
    assert heard(plain("ﾂﾂﾞｷｶﾞﾗ")) == heard("ツズキガラ")
    assert spelled("JUMIN") == "ジユミン"
    assert spelled("XYZW") == ""


def test_names_and_addresses_must_not_enter() -> None:
    assert all(must_not_enter(name) for name in ("漢字氏名", "ﾌﾘｶﾞﾅ", "個人番号"))
    assert not must_not_enter("宛名番号")
