"""Settings of a ranker that is trained in seconds: small trees, few of them."""

from models.settings import ModelSettings


def small_models(trees: int = 15, leaves: int = 7) -> ModelSettings:
    """Return settings in which every model has `trees` trees of `leaves` leaves."""
    return ModelSettings(
        num_leaves=leaves,
        trees=trees,
        row_num_leaves=leaves,
        row_trees=trees,
        pair_trees=trees,
        closer_trees=trees,
        forest_trees=10,
        folds=2,
        threads=1,
    )
