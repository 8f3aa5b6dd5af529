"""Statutory files as they come: reports of salaries (315) and pensions (331), amounts of e-Tax returns.

`docs/statutory_files.md` explains what is read and what a mapping has to say; the layouts are CSV beside
this.
"""

from tadasu.extract.statutory.read import batches, files

__all__ = ["batches", "files"]
