"""The stages beside the chain: run by name, never by `tadasu run`; each has a file of DVC's of its own."""

from pipelines.stage import FRAMES, OF_TRAINING, RANKER, TABLES, Stage

ASIDE: tuple[Stage, ...] = (
    Stage(
        "tune",
        "設定の探索",
        ("intake.json", *OF_TRAINING),
        ("tuning/",),
        ("ward", "model", "tune"),
        (*RANKER, "models/tuning.py"),
    ),
    Stage(
        "season",
        "期中の並べ替え",
        ("intake.json", *TABLES, *FRAMES, "ranker/", "lanes/certificate.json", "lanes/seconds.json"),
        ("season/suggestions.parquet", "season/suggestions.ja.csv", "season/update.json"),
        ("ward", "suggest", "season"),
        ("models/season", "models/suggest.py"),
    ),
    Stage(
        "simulate_season",
        "期中の模擬",
        ("intake.json", *TABLES, *FRAMES, "backtest/"),
        ("simulation/",),
        ("ward", "model", "suggest", "season"),
        ("models/season", "models/suggest.py"),
    ),
)
