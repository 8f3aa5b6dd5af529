"""The pictures show what the arrays say, in Japanese, and are the same bytes each time."""

import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import canvas, plots
from models.evaluation import curves

# A small list whose pictures can be checked by hand: 3 of 6 rows were corrected.
P = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
Y = np.array([1, 1, 0, 1, 0, 0])
NAMES = ["配偶者控除の所得超過"] * 4 + ["扶養親族の重複"] * 2

DRAWN: dict[str, Callable[[bool], bytes]] = {
    "reliability": lambda synthetic: plots.reliability(P, Y, synthetic=synthetic),
    "precision_recall": lambda synthetic: plots.precision_recall(
        P, Y, {"チェック別の修正率": P[::-1], "ふつうのLightGBM": P**0}, synthetic=synthetic
    ),
    "lift": lambda synthetic: plots.lift(P, Y, 1000 * P, base_rate=P[::-1], synthetic=synthetic),
    "errors_by_check": lambda synthetic: plots.errors_by_check(NAMES, Y, synthetic=synthetic),
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_arrays_give_the_same_bytes_whatever_matplotlib_is_set_to(name: str) -> None:
    import matplotlib as mpl

    first = DRAWN[name](False)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 20}):
        assert DRAWN[name](False) == first


@pytest.mark.parametrize("name", DRAWN)
def test_synthetic_data_are_marked_on_the_picture(name: str) -> None:
    plain, marked = _pixels(DRAWN[name](False)), _pixels(DRAWN[name](True))
    changed = np.argwhere((plain != marked).any(axis=2))
    assert len(changed) > 500
    width = plain.shape[1]
    assert changed[:, 1].min() > 0.8 * width
    assert changed[:, 0].max() < 100  # the band of the title


def _pixels(png: bytes) -> np.ndarray:
    import io

    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(png), format="png"))


@pytest.mark.parametrize("name", DRAWN)
def test_the_file_holds_a_picture_and_nothing_of_time_or_version(name: str) -> None:
    png = DRAWN[name](False)
    kinds, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kinds.append(png[at + 4 : at + 8].decode())
        at += 12 + length
    assert set(kinds) == {"IHDR", "pHYs", "IDAT", "IEND"}


def test_other_arrays_give_another_picture() -> None:
    assert plots.reliability(P, Y) != plots.reliability(P, 1 - Y)
    assert plots.lift(P, Y) != plots.lift(P, 1 - Y)
    assert plots.lift(P, Y) != plots.lift(P, Y, P)
    assert plots.precision_recall(P, Y, {}) != plots.precision_recall(P, Y, {"前年": P[::-1]})


def test_found_counts_from_the_highest_score() -> None:
    read, found = curves.found(P, Y.astype(float))
    assert read.tolist() == [n / 6 for n in range(7)]
    assert found.tolist() == [0, 1 / 3, 2 / 3, 2 / 3, 1, 1, 1]


def test_rows_of_equal_score_count_as_read_in_random_order() -> None:
    equal = np.zeros(6)
    assert [part.tolist() for part in curves.found(equal, Y.astype(float))] == [[0, 1], [0, 1]]
    read, found = curves.found(np.array([1.0, 0.5, 0.5, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert read.tolist() == [0, 0.25, 0.75, 1]
    assert found.tolist() == [0, 0.5, 1, 1]


def test_yen_without_any_tax_moved_draws_a_flat_line() -> None:
    assert curves.found(P, np.zeros(6))[1].tolist() == [0.0] * 7
    assert plots.lift(P, Y, np.zeros(6)) != plots.lift(P, Y)


def test_the_title_of_the_lift_says_what_the_line_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    real = canvas.Canvas.__init__

    def spied(self: canvas.Canvas, title: str, *rest: str, **more: bool) -> None:
        titles.append(title)
        real(self, title, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(canvas.Canvas, "__init__", spied)
    plots.lift(np.arange(10.0)[::-1], [1, 1, 1, 0, 1, 0, 0, 0, 0, 0])
    assert titles == ["上位20%を読めば、要修正の50%が見つかる"]


def test_bins_are_equally_filled_and_keep_every_row() -> None:
    given = np.linspace(0, 1, 1007)
    said, seen, counts = curves.binned(given, (given > 0.5).astype(float))
    assert counts.sum() == 1007
    assert counts.max() - counts.min() <= 1
    assert (np.diff(said) > 0).all()
    assert np.average(seen, weights=counts) == pytest.approx(503 / 1007)


def test_intervals_are_wilsons() -> None:
    # 8 of 10: (0.8 + 0.19208) / 1.38416 ± 1.96 · √(0.016 + 0.009604) / 1.38416 = 0.7167 ± 0.2266
    low, high = curves.wilson(np.array([0.8]), np.array([10]))
    assert low[0] == pytest.approx(0.4901, abs=1e-3)
    assert high[0] == pytest.approx(0.9433, abs=1e-3)


def test_precision_and_recall_are_those_counted_by_hand() -> None:
    recall, precision, area = curves.precision_recall(P, Y)
    assert recall.tolist() == [1 / 3, 2 / 3, 2 / 3, 1, 1, 1]
    assert precision.tolist() == [1, 1, 2 / 3, 3 / 4, 3 / 5, 1 / 2]
    assert area == pytest.approx(1 / 3 + 1 / 3 + 1 / 4)


def test_what_cannot_be_drawn_is_refused() -> None:
    for draw in (plots.reliability, plots.lift, lambda p, y: plots.precision_recall(p, y, {})):
        with pytest.raises(ValueError, match="one score and one outcome a row"):
            draw([], [])
        with pytest.raises(ValueError, match="one score and one outcome a row"):
            draw(P, Y[:-1])
    for draw in (plots.lift, lambda p, y: plots.precision_recall(p, y, {})):
        with pytest.raises(ValueError, match="no row was corrected"):
            draw(P, Y * 0)
    with pytest.raises(ValueError, match="one score and one outcome a row"):
        plots.errors_by_check(NAMES, Y[:-1])


def test_extremes_are_drawn_too() -> None:
    many = [f"チェック{n:02d} とても長い名前のチェック（同一生計配偶者）" for n in range(40)]
    assert plots.errors_by_check(many, np.zeros(40)).startswith(b"\x89PNG")
    assert plots.reliability([0.5], [1]).startswith(b"\x89PNG")
    assert plots.lift([0.5], [1], [-3]).startswith(b"\x89PNG")
    assert plots.precision_recall([0.0, 1.0], [1, 1], {}).startswith(b"\x89PNG")


def test_the_fonts_are_small_licensed_and_hold_what_a_check_may_be_called() -> None:
    from matplotlib.ft2font import FT2Font

    assert sum(path.stat().st_size for path in canvas.FONTS.iterdir()) < 5_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (canvas.FONTS / "OFL.txt").read_text()
    regular = FT2Font(str(canvas.REGULAR)).get_charmap()
    jis = [bytes([0xA0 + row, 0xA0 + cell]) for row in range(16, 85) for cell in range(1, 95)]
    kanji = {code.decode("euc_jp", errors="ignore") for code in jis} - {""}
    assert len(kanji) == 6355
    assert {one for one in kanji if ord(one) not in regular} == set()


def test_importing_the_pictures_does_not_import_matplotlib() -> None:
    code = "import sys, models.plots; sys.exit('matplotlib' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_dvcs_page_shows_the_pictures_without_the_net(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    template = Path(__file__).parents[1] / "conf" / "dvc_plots.html"
    (tmp_path / "conf" / template.name).write_bytes(template.read_bytes())
    (tmp_path / "lift.png").write_bytes(plots.lift(P, Y))
    (tmp_path / "dvc.yaml").write_text("plots:\n- lift.png\n")
    for command in (
        "init --no-scm",
        "config plots.html_template ../conf/dvc_plots.html",
        "plots show -o page",
    ):
        subprocess.run(
            [sys.executable, "-m", "dvc", *command.split(), "-q"],
            cwd=tmp_path,
            check=True,
            env={**os.environ, "DVC_NO_ANALYTICS": "true"},
        )
    page = (tmp_path / "page" / "index.html").read_text()
    (picture,) = re.findall(r'<img src="([^"]+)"', page)
    assert (tmp_path / "page" / picture).read_bytes() == plots.lift(P, Y)
    assert not re.search(r"https?:|<script|<link|@import|url\(", page)
