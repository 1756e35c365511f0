"""MiniLM against ``transformers``, and sentences as people type them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

from engines.contract import InputError
from engines.geometry.own_data.minilm import model_folder, taps
from engines.geometry.own_data.sentences import EXAMPLE, SentencesSpec, frames_of, parsed

SENTENCES = ("A man is eating food.", "A man is eating a piece of bread.", "Mars is red.")


def test_sentences_and_classes_are_parsed():
    sentences, classes = parsed("food | A b.\n\nc d\nfood | A b.\n")
    assert sentences == ("A b.", "c d")
    assert classes == ("food", "")
    assert len(parsed(EXAMPLE)[0]) == 8
    with pytest.raises(InputError, match="2 to 200 different sentences"):
        parsed("one")


def test_hidden_states_are_those_of_transformers():
    found = taps(SENTENCES)
    model = transformers.AutoModel.from_pretrained(str(model_folder())).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(model_folder()))
    coded = tokenizer(list(SENTENCES), padding=True, return_tensors="pt")
    with torch.no_grad():
        theirs = model(**coded, output_hidden_states=True).hidden_states
    known = coded["attention_mask"].bool().numpy()
    for level, one in enumerate(theirs):
        np.testing.assert_allclose(found.residual[level][known], one.numpy()[known], atol=1e-4)


def test_the_measured_cosine_and_attention_rows():
    found = taps(SENTENCES)
    a, b, _ = found.pooled("residual")[-1]
    # Measured with sentence-transformers for these two sentences.
    assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) == pytest.approx(0.7553, abs=1e-3)
    np.testing.assert_allclose(found.weights.sum(-1), 1.0, atol=1e-5)
    assert found.mlp.shape[-1] == 1536


def test_sentences_become_a_film_of_levels():
    taps(SENTENCES)
    run = list(frames_of(SentencesSpec(tap="mlp")))[-1]
    assert run.film.unit == "layer"
    assert run.film.coords.shape == (1, 6, 8, 3)
    assert run.film.moment_names[0] == "mlp 1"
