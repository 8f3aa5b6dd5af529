"""Lines of fixed width to cells, counted in bytes (as the specifications do) or in characters."""

import numpy as np
import polars as pl

from tadasu.extract import reasons
from tadasu.extract.cut.lines import Text, aside, reason, text, without_others
from tadasu.extract.cut.shape import Cut
from tadasu.extract.mapping.model import Layout, Position


def cut(data: bytes, layout: Layout) -> Cut:
    """Cut text of fixed width; a line of another length is broken."""
    length = max(position.at + position.length - 1 for position in layout.positions)
    found = text(_with_ends(data, length) if layout.unit == "bytes" else data, layout)
    by_bytes = layout.unit == "bytes"
    sizes = [len(line) for line in found.physical.lines] if by_bytes else found.lines()["raw"].str.len_chars()
    lines = found.lines().with_columns(size=pl.Series(sizes, dtype=pl.Int64()))
    records, skipped = without_others(lines.slice(layout.header), layout)
    wrong = (pl.col("size") < length) if layout.extra_cells else (pl.col("size") != length)
    judged = records.with_columns(
        reason=reason(pl.when(wrong).then(pl.lit(reasons.LENGTH)), found, layout),
    )
    sound = judged.filter(pl.col("reason").is_null())
    cells, split = _by_bytes(sound["line"], found, layout) if by_bytes else _by_characters(sound, layout)
    if split.len():
        inside = pl.col("line").is_in(split.implode())
        judged = judged.with_columns(
            reason=pl.when(inside).then(pl.lit(reasons.OTHER_ENCODING)).otherwise("reason")
        )
        cells = cells.filter(~inside)
    broken, hashes = aside(judged, found)
    names = tuple(position.name for position in layout.positions)
    return Cut(names, cells, broken, hashes, skipped + layout.header, found.told)


def _with_ends(data: bytes, length: int) -> bytes:
    """Give lines their ends in a file that has none at all, as old systems write them."""
    if b"\n" in data or b"\r" in data or len(data) <= length or len(data) % length:
        return data
    return b"".join(data[at : at + length] + b"\n" for at in range(0, len(data), length))


def _by_characters(sound: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.Series]:
    fields = [pl.col("raw").str.slice(p.at - 1, p.length).alias(p.name) for p in layout.positions]
    return sound.select("line", *fields), pl.Series([], dtype=pl.Int64())


def _by_bytes(lines: pl.Series, found: Text, layout: Layout) -> tuple[pl.DataFrame, pl.Series]:
    """Return the cells, and the lines in which a field begins or ends inside a character."""
    length = max(position.at + position.length - 1 for position in layout.positions)
    chosen = [found.physical.lines[line - 1][:length] for line in lines.to_list()]
    table = np.frombuffer(b"".join(chosen), dtype=np.uint8).reshape(len(chosen), length)
    cells: dict[str, pl.Series] = {"line": lines}
    split = pl.Series([False] * len(chosen), dtype=pl.Boolean())
    for position in layout.positions:
        texts, bad = _field(table, position, found.encoding)
        cells[position.name] = texts
        split |= bad
    return pl.DataFrame(cells), lines.filter(split)


def _field(table: np.ndarray, position: Position, encoding: str) -> tuple[pl.Series, pl.Series]:
    piece = table[:, position.at - 1 : position.at - 1 + position.length]
    ended = np.hstack([piece, np.full((len(piece), 1), ord("\n"), dtype=np.uint8)])
    try:
        texts = ended.tobytes().decode(encoding).split("\n")[:-1]
        bad = [False] * len(texts)
    except UnicodeDecodeError:
        found = [_decoded(row.tobytes(), encoding) for row in piece]
        bad = [one is None for one in found]
        texts = [one or "" for one in found]
    return pl.Series(texts, dtype=pl.String()), pl.Series(bad, dtype=pl.Boolean())


def _decoded(piece: bytes, encoding: str) -> str | None:
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError:
        return None
