"""Hand-written models to import: the architectures people ask about, in plain torch."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional
from torch import Tensor, nn

F = torch.nn.functional


class MLP(nn.Module):
    """The digit recogniser of the PyTorch tutorial."""

    def __init__(self, n_in: int = 784, n_hidden: int = 512, n_out: int = 10) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.stack = nn.Sequential(
            nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_hidden), nn.ReLU(),
            nn.Linear(n_hidden, n_out),
        )  # fmt: skip

    def forward(self, image: Tensor) -> Tensor:
        """Scores of the digits."""
        return self.stack(self.flatten(image))


class GPTBlock(nn.Module):
    """A pre-norm transformer block with causal self-attention."""

    def __init__(self, d_model: int = 64, n_heads: int = 4, *, fused: bool = True) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.proj = nn.Linear(d_model, d_model)
        self.fc = nn.Linear(d_model, 4 * d_model)
        self.out = nn.Linear(4 * d_model, d_model)
        self.n_heads, self.fused = n_heads, fused

    def forward(self, x: Tensor) -> Tensor:
        """x: b t m."""
        b, t, m = x.shape
        q, k, v = self.qkv(self.ln_1(x)).split(m, dim=2)
        q, k, v = (z.view(b, t, self.n_heads, m // self.n_heads).transpose(1, 2) for z in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).contiguous().view(b, t, m))
        return x + self.out(F.gelu(self.fc(self.ln_2(x))))


class GPT(nn.Module):
    """A small GPT with tied embeddings."""

    def __init__(
        self, n_layers: int = 12, d_model: int = 128, n_heads: int = 4, n_vocab: int = 256,
        n_context: int = 128,
    ) -> None:  # fmt: skip
        super().__init__()
        self.wte = nn.Embedding(n_vocab, d_model)
        self.wpe = nn.Embedding(n_context, d_model)
        self.blocks = nn.ModuleList(GPTBlock(d_model, n_heads) for _ in range(n_layers))
        self.ln_f = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, n_vocab, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, idx: Tensor) -> Tensor:
        """idx: b t, tokens."""
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1], device=idx.device))
        for block in self.blocks:
            x = block(x)
        return self.head(self.ln_f(x))


class BasicBlock(nn.Module):
    """The residual block of ResNet-18 (He et al. 2016)."""

    def __init__(self, n_in: int, n_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.down = None
        if stride != 1 or n_in != n_out:
            conv = nn.Conv2d(n_in, n_out, 1, stride, bias=False)
            self.down = nn.Sequential(conv, nn.BatchNorm2d(n_out))

    def forward(self, x: Tensor) -> Tensor:
        """x: b c y x."""
        skip = x if self.down is None else self.down(x)
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + skip)


class ResNet18(nn.Module):
    """ResNet-18 with a width that can be chosen."""

    def __init__(self, width: int = 16, n_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        plan = [(1, 1, 1), (1, 2, 2), (2, 4, 2), (4, 8, 2)]
        self.layers = nn.ModuleList(
            nn.Sequential(BasicBlock(a * width, b * width, s), BasicBlock(b * width, b * width))
            for a, b, s in plan
        )
        self.fc = nn.Linear(8 * width, n_classes)

    def forward(self, image: Tensor) -> Tensor:
        """image: b c y x."""
        x = self.maxpool(F.relu(self.bn1(self.conv1(image))))
        for layer in self.layers:
            x = layer(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def _double(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU(),
        nn.Conv2d(n_out, n_out, 3, padding=1), nn.ReLU(),
    )  # fmt: skip


class UNet(nn.Module):
    """U-Net with padding (Ronneberger et al. 2015)."""

    def __init__(self, n_in: int = 1, width: int = 8, depth: int = 3, n_out: int = 2) -> None:
        super().__init__()
        wide = [width * 2**k for k in range(depth + 1)]
        self.down = nn.ModuleList(
            _double(a, b) for a, b in zip([n_in, *wide], wide[:-1], strict=False)
        )
        self.middle = _double(wide[-2], wide[-1])
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(wide[-2::-1], wide[:0:-1], strict=True)
        )
        self.join = nn.ModuleList(_double(2 * a, a) for a in wide[-2::-1])
        self.head = nn.Conv2d(width, n_out, 1)

    def forward(self, image: Tensor) -> Tensor:
        """image: b c y x."""
        skips = []
        x = image
        for block in self.down:
            x = block(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.middle(x)
        for up, join, skip in zip(self.up, self.join, skips[::-1], strict=True):
            x = join(torch.cat([skip, up(x)], 1))
        return self.head(x)


class ViT(nn.Module):
    """A vision transformer: patches, a class token, positions, encoder blocks."""

    def __init__(
        self, n_classes: int = 10, patch: int = 4, image: int = 16, d_model: int = 64,
        n_layers: int = 4,
    ) -> None:  # fmt: skip
        super().__init__()
        n = (image // patch) ** 2
        self.patches = nn.Conv2d(3, d_model, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, d_model))
        self.positions = nn.Parameter(torch.randn(1, n + 1, d_model) * 0.02)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                d_model, 4, 4 * d_model, 0.0, "gelu", batch_first=True, norm_first=True
            )
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, image: Tensor) -> Tensor:
        """image: b c y x."""
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class SwiGLU(nn.Module):
    """A gated feed-forward layer with RMS norm (Shazeer 2020)."""

    def __init__(self, d_model: int = 64, d_hidden: int = 128) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(d_model)
        self.gate = nn.Linear(d_model, d_hidden, bias=False)
        self.up = nn.Linear(d_model, d_hidden, bias=False)
        self.down = nn.Linear(d_hidden, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x: b t m."""
        y = self.norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


MODELS: dict[str, Callable[..., nn.Module]] = {
    cls.__name__: cls for cls in (MLP, GPTBlock, GPT, ResNet18, UNet, ViT, SwiGLU)
}
