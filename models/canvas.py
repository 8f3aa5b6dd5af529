"""The look that all pictures share: the project's Japanese font, one accent, the same bytes each time."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = FONTS / "BIZUDPGothic-Regular.ttf", FONTS / "BIZUDPGothic-Bold.ttf"
# One accent; the rest is told apart by grey and by the kind of line, so it survives a copier and any eyes.
ACCENT, INK, QUIET, FAINT, PAPER = "#0b5cad", "#1f2328", "#6b7280", "#d5d9df", "#ffffff"
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))
SIZE, DPI = (8.0, 5.2), 150  # inches, dots an inch

STYLE: dict[str, object] = {
    "font.family": "BIZ UDPGothic",
    "font.size": 10.5,
    "text.color": INK,
    "text.hinting": "none",
    "axes.unicode_minus": True,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 10.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.solid_capstyle": "round",
    "figure.facecolor": PAPER,
    "savefig.dpi": DPI,
}


class Canvas:
    """A figure with its title, a line that says how to read it, and room below them for axes."""

    def __init__(
        self, title: str, subtitle: str, *, synthetic: bool, size: tuple[float, float] = SIZE
    ) -> None:
        from matplotlib.figure import Figure

        self.figure: Any = Figure(figsize=size)
        height = size[1]
        self.top = 1 - 0.98 / height
        self.figure.text(0.035, 1 - 0.22 / height, title, va="top", size=15, weight="bold")
        self.figure.text(0.035, 1 - 0.56 / height, subtitle, va="top", size=10.5, color=QUIET)
        if synthetic:
            self._mark(1 - 0.24 / height)

    def _mark(self, y: float) -> None:
        frame = {"boxstyle": "round,pad=0.35", "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.0}
        self.figure.text(0.965, y, "合成データ", va="top", ha="right", size=10.5, weight="bold", bbox=frame)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Add axes; all four as shares of the figure, `height` of the room below the title."""
        return self.figure.add_axes((left, bottom, width, (self.top - bottom) * height))

    def png(self) -> bytes:
        """Return the picture; nothing in it depends on time or version."""
        stream = io.BytesIO()
        self.figure.savefig(stream, format="png", metadata={"Software": None})
        return stream.getvalue()


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house's look, whatever settings of matplotlib a machine has."""
    import matplotlib as mpl
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in (REGULAR, BOLD):
        if str(path) not in known:
            font_manager.fontManager.addfont(str(path))
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def percent(axis: Any) -> None:
    """Label an axis from 0 to 1 in per cent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol="%"))


def label(axes: Any, x: float, y: float, text: str, color: str, **where: Any) -> None:
    """Write beside a line instead of a legend, with a pale edge that keeps it readable across lines."""
    from matplotlib.patheffects import withStroke

    edge = [withStroke(linewidth=3.5, foreground=PAPER)]
    axes.annotate(
        text,
        (x, y),
        textcoords="offset points",
        color=color,
        path_effects=edge,
        annotation_clip=False,
        **where,
    )
