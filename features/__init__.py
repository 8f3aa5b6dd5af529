"""From a row of the inconsistency list to numbers: repairs, columns, matrix."""
