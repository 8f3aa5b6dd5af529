"""From numbers to advice: ranker, calibration, lanes, suggestions, evaluation, tracking."""
