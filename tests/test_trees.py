"""Several models as one: the mean of their log-odds, saved and read again as text."""

from pathlib import Path

import lightgbm
import numpy as np
import pytest

from models.settings import ModelSettings
from models.trees import Trees

RANDOM = np.random.default_rng(1)
LINES = RANDOM.normal(size=(400, 3)).astype(np.float32)
TARGET = (LINES[:, 0] + RANDOM.normal(size=400) > 0).astype(np.int8)


def _text(seed: int) -> str:
    parameters = {"objective": "binary", "num_leaves": 4, "extra_trees": True, "seed": seed, "verbosity": -1}
    return lightgbm.train(parameters, lightgbm.Dataset(LINES, TARGET), 5).model_to_string()


ONE, OTHER = _text(1), _text(2)


def test_one_model_says_what_it_says_alone() -> None:
    """The mean of one is that model, to the last digits of a float."""
    alone = lightgbm.Booster(model_str=ONE).predict(LINES)
    assert np.allclose(Trees((ONE,)).predict(LINES), alone, rtol=1e-12)


def test_two_models_meet_in_the_middle_of_their_log_odds() -> None:
    """Each counts half, in log-odds and in what each input weighed."""
    each = [lightgbm.Booster(model_str=text) for text in (ONE, OTHER)]
    raw = np.mean([booster.predict(LINES, raw_score=True) for booster in each], axis=0)
    both = Trees((ONE, OTHER))
    assert not np.allclose(both.log_odds(LINES), each[0].predict(LINES, raw_score=True))
    assert np.allclose(both.log_odds(LINES), raw)
    assert np.allclose(both.predict(LINES), 1.0 / (1.0 + np.exp(-raw)))
    assert np.allclose(both.contributions(LINES).sum(axis=1), raw)


@pytest.mark.parametrize("texts", [(ONE,), (ONE, OTHER)])
def test_what_is_saved_is_read_again(tmp_path: Path, texts: tuple[str, ...]) -> None:
    """In their order, with the same identity; another model's files beside them do not matter."""
    Trees((OTHER, ONE)).save(tmp_path, "booster_second")
    Trees(texts).save(tmp_path, "booster")
    found = Trees.load(tmp_path, "booster")
    assert found == Trees(texts)
    assert found.identity == Trees(texts).identity


def test_identity_tells_models_and_their_number_apart() -> None:
    """A second model, or another one, is another identity."""
    known = {str(Trees(texts).identity) for texts in ((ONE,), (OTHER,), (ONE, ONE), (ONE, OTHER))}
    assert len(known) == 4


def test_few_rows_are_judged_by_two_kinds_of_trees() -> None:
    """Up to the number of rows that the settings name; the second takes the best split points."""
    settings = ModelSettings(pair_up_to=100)
    first, pair = settings.over_these_rows(100)
    assert (first["extra_trees"], pair["extra_trees"]) == (True, False)
    assert settings.over_these_rows(101) == [settings.over_rows()] == [first]
