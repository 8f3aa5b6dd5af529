"""The demo ward (合成データ): people, employers, papers and mistakes are invented; the law is real."""
