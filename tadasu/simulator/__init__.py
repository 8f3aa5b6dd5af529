"""The demo ward: people, employers, papers and mistakes that are all invented (合成データ), by the real law."""
