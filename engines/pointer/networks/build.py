"""A network from its description, its first weights from a seed."""

from __future__ import annotations

import torch
from torch import nn

from engines.pointer.model import Network
from engines.pointer.networks.recurrent import PtrNet, Seq2Seq
from engines.pointer.networks.set_pointer import SetPointer


def network(spec: Network, *, d_features: int, n_max: int, seed: int) -> nn.Module:
    """An untrained network; the random state of torch is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % 2**63)
        return _network(spec, d_features, n_max)


def _network(spec: Network, d_features: int, n_max: int) -> nn.Module:
    match spec.kind:
        case "set pointer":
            return SetPointer(
                d_features=d_features,
                d_model=spec.d_model,
                n_encoder=spec.n_encoder,
                n_decoder=spec.n_decoder,
            )
        case "Ptr-Net":
            return PtrNet(
                d_features=d_features,
                d_model=spec.d_model,
                attention=spec.attention,
                embedded=spec.embedded,
                bidirectional=spec.bidirectional,
            )
        case "seq2seq":
            return Seq2Seq(
                d_features=d_features,
                d_model=spec.d_model,
                n_max=n_max,
                embedded=spec.embedded,
            )
