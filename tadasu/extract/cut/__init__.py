"""Files to cells of text: delimited, fixed width, Excel and Parquet, each cut line by line."""

from tadasu.extract.cut.cut import Cut, cut

__all__ = ["Cut", "cut"]
