"""Every claim names its source, the preset that tests it and a rule that can decide."""

import pytest

from engines.contract import Claim
from engines.running import registry

CLAIMS = [
    pytest.param(name, claim, id=f"{name}-{k}")
    for name in registry.all_names()
    for k, claim in enumerate(registry.experiment(name).claims)
]


@pytest.mark.parametrize(("name", "claim"), CLAIMS)
def test_a_claim_can_be_read_traced_and_tested(name: str, claim: Claim):
    assert claim.sentence.endswith(".")
    assert claim.source
    assert claim.holds_when.sentence.startswith("holds when ")
    presets = registry.experiment(name).presets
    assert not claim.preset or claim.preset in presets
    # The page opens with the first preset: it is named by the empty name alone.
    assert claim.preset != next(iter(presets), None)


def test_claims_of_one_experiment_are_told_apart():
    told = [(p.values[0], p.values[1].sentence) for p in CLAIMS]
    assert len(set(told)) == len(told)
