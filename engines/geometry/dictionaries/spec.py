"""Which network, which place in it, which code."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from engines.contract import Seed, Spec, SpecError, knob

FIRST, SECOND, TRANSCODER = "after layer 1", "after layer 2", "MLP of layer 1, in to out"
TOP, L1 = "top k", "L1"
WINDOW = 12
"""Words that a network sees."""
WIDTH = 32
"""Numbers per word."""


class DictionarySpec(Spec):
    """Small transformers that read sentences, and a sparse code of what they hold."""

    reads: Literal["after layer 1", "after layer 2", "MLP of layer 1, in to out"] = knob(
        "after layer 1", label="What is coded", help="What stands at a word after a layer; or a "
        "transcoder, which says what the two layers on each word give from what they are given.",
        group="Code",
    )  # fmt: skip
    code: Literal["top k", "L1"] = knob(
        "top k", label="Sparse by", help="Only the largest few latents speak, or every one that "
        "speaks is paid for.", group="Code",
    )  # fmt: skip
    n_latents: int = knob(
        64, label="Latents", help="Directions of the dictionary.", group="Code", ge=8, le=512,
        soft=(32, 256),
    )  # fmt: skip
    n_active: int = knob(
        4, label="Active", help="Latents that may speak at one word.", group="Code", ge=1, le=64,
        soft=(1, 16), when={"code": ("top k",)},
    )  # fmt: skip
    price: float = knob(
        0.1, label="Price", help="Of one unit of a latent, beside the squared error.",
        group="Code", gt=0, le=10, soft=(0.01, 1.0), log=True, when={"code": ("L1",)},
    )  # fmt: skip
    by_loss: float = knob(
        0.0, label="Also by the loss", help="A second dictionary learns beside, whose largest few "
        "are chosen by amount times 1 + this × |gradient of the loss along the latent|; 0 is none. "
        "Gradients of a network are scaled to a mean square of 1, so this is not the paper's beta. "
        "A third one is given gradients of other words, a fourth noise in their place.",
        group="Code", ge=0, le=100, soft=(0.0, 4.0), when={"code": ("top k",)},
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps of the code", help="Of Adam at 0.003 on 256 words.", group="Code", ge=0,
        le=5_000, soft=(100, 2_000),
    )  # fmt: skip
    factors: bool = knob(
        False, label="Beside semi-NMF", help="Factors with signs, amounts without (Ding, Li & "
        "Jordan 2010), as many as there are latents; a cheap fit, 60 steps on 1,500 of the 9,600 "
        "words that codes learn from.", group="Code",
    )  # fmt: skip
    n_learnt: int = knob(
        160, label="Steps of the network", help="Of Adam at 0.004 on 32 windows of 12 words.",
        group="Networks", ge=1, le=4_000, soft=(50, 1_000),
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", help="Networks that learn the same sentences from other first weights; "
        "intervals are over these.", group="Networks", ge=3, le=10,
    )  # fmt: skip
    network: int = knob(
        1, label="Network", help="Which one is drawn and steered.", group="Look", ge=1, le=10,
    )  # fmt: skip
    prompt: str = knob(
        "the teacher finds the old river", label="Words to go on from",
        help="Of the grammar, at most 12; the next word is asked for.", group="Look",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks, sentences and codes.", group="Networks")

    @field_validator("prompt")
    @classmethod
    def _known_words(cls, said: str) -> str:
        from engines.contract import InputError
        from engines.lab.data.clauses import tokens

        try:
            found = tokens(said)
        except InputError as wrong:
            raise SpecError(str(wrong)) from None
        if not 1 <= len(found) <= WINDOW:
            raise SpecError(f"a prompt has 1 to {WINDOW} words, got {len(found)}")
        return said

    @model_validator(mode="after")
    def _possible(self) -> DictionarySpec:
        if self.network > self.n_seeds:
            raise SpecError(f"there is no network {self.network}; this run has {self.n_seeds}")
        if self.code == TOP and self.n_active > self.n_latents:
            raise SpecError(
                f"{self.n_active} latents cannot speak of {self.n_latents}; take fewer active "
                "or more latents"
            )
        if self.code == L1 and self.by_loss:
            raise SpecError(
                f"by the loss {self.by_loss:g} weighs which latents are among the largest, and "
                "sparse by L1 chooses none; take top k, or 0"
            )
        return self
