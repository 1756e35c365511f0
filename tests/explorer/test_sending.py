"""Send to: what arrives is what was sent, and it says where it came from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest

import explorer
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.experiments.bodies.swimmer import SwimmerSpec
from engines.connectome.wiring.kept import load_own
from engines.contract import InputError, Spec, SpecError
from engines.contract import sending as sending_words
from engines.contract.sending import Activations, Matrix, Numbers, Places, origin
from engines.diagrams.specs.importing import spec_from_model
from engines.geometry.activations.store import ActivationSet
from engines.geometry.learning.spec import StudioSpec
from engines.geometry.learning.studio import model_of
from engines.pointer.model import SolveSpec
from engines.running import registry
from engines.running.sending import offers, taken
from engines.sorting.model import SortSpec
from explorer.sending import gives
from views.kit.sending import origin_section


@pytest.fixture(autouse=True)
def own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def send(*what: Any) -> Any:
    return explorer.send(*what)


def result(spec: Spec) -> Any:
    return registry.experiment(registry.name_of(type(spec))).result(spec)


def test_cells_that_swapped_are_the_pairs_that_began_in_the_wrong_order():
    spec = SortSpec(n_cells=14, seed=4)
    ran = result(spec)
    taker = send(spec, "connectome")
    wiring = load_own(taker.own)
    matrix = wiring.layers[0].matrix(wiring.n_neurons).toarray()
    rank = ran.rank
    wrong = np.array([[i < j and rank[i] > rank[j] for j in range(14)] for i in range(14)])
    # Neighbours swap only when they are in the wrong order, so each such pair does once.
    np.testing.assert_array_equal(matrix, wrong + wrong.T)
    assert result(taker.replace(electrical=True)).measures.n_nulls == 0
    assert json.loads(taker.origin) == [{
        "experiment": "sorting/run", "spec": spec.to_json(), "thing": "Who swapped with whom",
    }]  # fmt: skip


def test_attention_goes_to_connectome_with_its_probabilities():
    spec = SolveSpec(n_points=7, seed=1, maps=True)
    ran = result(spec)
    titles = [gift.title for gift, _ in offers(ran)]
    assert "Where the pointer looks" in titles
    sent = send(spec, "connectome", "Attention of layer 1")
    wiring = load_own(sent.own)
    matrix = wiring.layers[0].matrix(7).toarray()
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(matrix, ran.maps[0].mean(axis=0), atol=1e-7)
    assert sent.min_weight == pytest.approx(1 / 7)
    pointer = load_own(send(spec, "connectome", "Where").own)
    rows = pointer.layers[0].matrix(7).toarray()
    assert ran.choices[0] < 7
    np.testing.assert_allclose(rows[ran.choices[0]], ran.distributions[1, :7], atol=1e-7)


def test_activity_of_neurons_becomes_activations_of_units():
    spec = StimulusSpec(targets="PLM", model="linear", duration_ms=60.0)
    ran = result(spec)
    film = result(send(spec, "geometry")).film
    kept = ActivationSet.named(film.source)
    assert kept.n_stimuli == len(ran.times_ms)
    assert kept.stimuli[0] == f"{ran.times_ms[0]:g} ms"
    np.testing.assert_array_equal(kept.at("neurons"), ran.mean)


def test_the_swimmers_cells_are_three_layers():
    spec = registry.experiment("connectome/swimmer").default()
    assert isinstance(spec, SwimmerSpec)
    gift = next(gift for gift, _ in offers(result(spec)))
    assert gift.make is not None
    sent = gift.make()
    assert isinstance(sent, Activations)
    n_steps = len(sent.stimuli)
    assert {a.shape for a in sent.layers.values()} == {
        (n_steps, 2 * spec.n_joints), (n_steps, spec.n_joints),
    }  # fmt: skip


def test_what_does_not_fit_is_a_sentence_that_lists_what_does():
    spec = SortSpec(n_cells=6)
    assert gives(spec) == ("Who swapped with whom -> connectome/explore",)
    with pytest.raises(InputError, match="nothing here goes to 'geometry'; what goes: Who swapped"):
        send(spec, "geometry")
    with pytest.raises(InputError, match="takes no matrix"):
        taken(Matrix("m", np.eye(2), ("a", "b")), "geometry/files", came="")
    with pytest.raises(InputError, match="no weight that is not zero"):
        taken(Matrix("m", np.zeros((2, 2)), ("a", "b")), "connectome/explore", came="")


def test_where_it_came_from_is_text_and_leads_back_to_our_own_experiments_only(monkeypatch):
    spec = SortSpec(n_cells=6)
    said = origin("sorting/run", spec, "<b>contacts</b>")
    section = origin_section(said, lambda name, given: f"./{name}?{given == spec}")
    assert section["links"] == [("Open the run that gave it", "./sorting/run?True")]
    for strange in ("[", "[]", "{}", said.replace("sorting/run", "os/system"),
                    json.dumps({"experiment": "sorting/run", "thing": "x", "spec": "{1"})):  # fmt: skip
        assert origin_section(strange, lambda *_: "x") == {}
    monkeypatch.setattr(sending_words, "ORIGIN_MAX", 200)
    long = origin("sorting/run", spec, "x")
    (way,) = json.loads(long)
    assert way["digest"] == hashlib.sha256(spec.to_json().encode()).hexdigest()[:16]
    assert "spec" not in way
    on = origin("sorting/run", spec.replace(origin=long), "y")
    assert json.loads(on)[-1]["digest"] == way["digest"]  # not that of what is no longer told
    assert origin_section(long, lambda *_: "x")["links"] == []


def test_an_origin_of_an_earlier_version_still_leads_back():
    spec = SortSpec(n_cells=6)
    told = {"experiment": "sorting/run", "thing": "contacts", "spec": spec.to_json()}
    section = origin_section(json.dumps(told), lambda name, given: f"./{name}?{given == spec}")
    assert section["links"] == [("Open the run that gave it", "./sorting/run?True")]


def test_a_tour_is_sorted_and_the_way_of_what_was_sent_is_told_whole():
    rng = np.random.default_rng(3)
    stimuli = tuple(f"stimulus {k}" for k in range(9))
    cloud = Activations("cloud", {"layer": rng.normal(size=(9, 5))}, stimuli)
    opened = taken(cloud, "geometry/files", came=origin("geometry/studio", StudioSpec(), "cloud"))
    film = result(opened).film
    toured = send(opened, "pointer", "The picture of layer")
    got, sent = np.array(toured.points), film.coords[0, -1, :, :2].astype(float)
    # Moved and made larger or smaller alike in both directions, which leaves tours as they are.
    scale = np.ptp(sent, axis=0).max()
    np.testing.assert_allclose(got * scale + sent.min(axis=0), sent, atol=2e-5 * scale)
    answer = result(toured)
    tour, _ = answer.shortest
    array = send(toured, "sorting")
    # The cell that holds k stands where the k-th stop of the tour stood.
    assert [array.own_values.index(k) for k in range(1, 10)] == tour.tolist()
    wiring = send(array, "connectome")
    section = origin_section(wiring.origin, lambda name, given: f"{name} {given.to_json()}")
    assert [href.partition(" ")[0] for _, href in section["links"]] == [
        "sorting/run", "pointer/solve", "geometry/files", "geometry/studio",
    ]  # fmt: skip
    assert section["links"][0][1].endswith(array.to_json())
    assert section["links"][1][1].endswith(toured.to_json())
    assert section["links"][2][1].endswith(opened.to_json())


def test_places_and_numbers_that_cannot_be_taken_are_a_sentence():
    spot = Places("p", np.zeros((4, 2)), ("a", "b", "c", "d"))
    lost = Places("p", np.array([[0, 0], [1, np.nan], [1, 1]]), ("a", "b", "c"))
    with pytest.raises(InputError, match="one spot"):
        taken(spot, "pointer/solve", came="")
    with pytest.raises(InputError, match="b has no place in the plane"):
        taken(lost, "pointer/solve", came="")
    with pytest.raises(InputError, match="3 to 500 stops here, got 2"):
        taken(Places("p", np.eye(2), ("a", "b")), "pointer/solve", came="")
    with pytest.raises(InputError, match="2 to 2,000 numbers can be sorted here, got 1"):
        taken(Numbers("n", np.ones(1)), "sorting/run", came="")
    with pytest.raises(SpecError, match="NaN"):
        taken(Numbers("n", np.array([1.0, np.nan])), "sorting/run", came="")


@pytest.mark.parametrize(("task", "kind"), [("aligned points", "relu"), ("digits", "tanh")])
def test_a_trained_network_arrives_in_diagrams_as_its_architecture(task, kind):
    """The modules of torch, given the studio's weights, say what the studio's network says."""
    import torch

    from engines.diagrams.importing.expressions import module_from_text
    from engines.geometry.learning.training import training_from_spec

    spec = StudioSpec(task=task, nonlinearity=kind, depth=2, width=8, n_seeds=1, n_steps=3)
    sent = spec_from_model(model_of(spec, kind), "")
    training = training_from_spec(spec)
    module = module_from_text(sent.module)
    linear = [part for part in module.children() if isinstance(part, torch.nn.Linear)]
    with torch.no_grad():
        for part, weight, bias in zip(
            linear, training.networks.weights, training.networks.biases, strict=True
        ):
            part.weight.copy_(weight[0].T)
            part.bias.copy_(bias[0, 0])
        clean = training.problem.clean[:1]
        assert sent.inputs == " ".join(map(str, clean.shape[1:]))
        wanted = training.networks.forward(clean)[-1][0]
        torch.testing.assert_close(module(clean[0]), wanted)


def test_the_studio_gives_a_network_of_each_kind_and_diagrams_proves_it():
    ran = result(StudioSpec(n_steps=20, width=8, n_seeds=1, n_snapshots=2))
    titles = [gift.title for gift, to in offers(ran) if to == "diagrams/imported"]
    assert titles == ["The tanh network", "The ReLU network"]
    (gift, to), *_ = offers(ran)
    spec = taken(gift.make(), to, came=origin("geometry/studio", ran.spec, gift.title))
    imported = result(spec)
    assert imported.verdict.startswith("equal")
    assert origin_section(spec.origin, lambda name, _spec: name)["links"]
