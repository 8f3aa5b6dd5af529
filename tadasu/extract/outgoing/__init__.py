"""Accepted corrections for the tax system: which are sent, which are not and why, and how they are written.

`sort_out` tells lines from conflicts, `layout` writes lines as the ward's system reads them, `book` makes the
workbook for the head of the section.
"""

from tadasu.extract.outgoing.lines import Sorted, sort_out

__all__ = ["Sorted", "sort_out"]
