"""Names of columns: one thing under many spellings."""

import pytest

from tadasu.extract.sniff.kana import heard, spelled
from tadasu.extract.sniff.words import closest, must_not_enter, plain


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("社保控除額", "社会保険料控除"),
        ("ｷｭｳﾖｼｭｳﾆｭｳ", "給与収入"),
        ("ｷﾕｳﾖｼﾕｳﾆﾕｳ", "給与収入"),
        ("KYUYO_SHUNYU", "給与収入"),
        ("世帯番号", "世帯ＩＤ"),
        ("障がい者の手帳", "障害者手帳"),
    ],
)
def test_spellings_of_one_thing_are_alike(name: str, phrase: str) -> None:
    assert closest(name, (phrase,)) > 0.9


@pytest.mark.parametrize(
    ("name", "phrase"), [("給与収入", "年金収入"), ("生年月日", "受付日"), ("特定扶養", "老人扶養")]
)
def test_other_things_are_not(name: str, phrase: str) -> None:
    assert closest(name, (phrase,)) < 0.7


def test_an_abbreviation_is_a_guess_and_no_more() -> None:
    assert 0.4 < closest("配控額", ("配偶者控除",)) < 0.75


def test_kana_are_compared_as_they_sound() -> None:
    assert heard(plain("ﾂﾂﾞｷｶﾞﾗ")) == heard("ツズキガラ")
    assert spelled("JUMIN") == "ジユミン"
    assert spelled("XYZW") == ""


def test_names_and_addresses_must_not_enter() -> None:
    assert all(must_not_enter(name) for name in ("漢字氏名", "ﾌﾘｶﾞﾅ", "個人番号"))
    assert not must_not_enter("宛名番号")
