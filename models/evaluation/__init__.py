"""The backtest: suggestions for a year that staff have judged, measured against what they did."""
