"""Public model families in small: does each import, what stays opaque, is it equal, and how long.

    python benchmarks/model_families.py          # a table in Markdown; tells what is not installed
    python benchmarks/model_families.py UNet DiT # only names that hold one of these words

Configurations are small and weights random; the architectures are those of the libraries. Families
that the tests hold are read from there.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engines.diagrams import Diagram, DiagramError

Built = tuple[nn.Module, tuple[Any, ...]]
Family = tuple[str, str, Callable[[], Built]]
"""Where it is from, what it is called, and how it is built with example inputs."""

SMALL = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24,
    "vocab_size": 32,
}  # fmt: skip
HEADS: dict[str, Any] = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
LAYERS: dict[str, Any] = {
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 24,
}
EDGES = torch.tensor([[0, 1, 2, 5, 3], [1, 1, 0, 4, 2]])
SPEECH = {
    "conv_dim": (8, 8), "conv_kernel": (10, 3), "conv_stride": (5, 2), "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2, "apply_spec_augment": False,
}  # fmt: skip


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def tokens(*shape: int) -> torch.Tensor:
    return torch.randint(0, 32, shape, generator=torch.Generator().manual_seed(1))


class Asked(nn.Module):
    """A model that takes its inputs by name, and of which one output is looked at."""

    def __init__(self, model: nn.Module, names: str, output: str) -> None:
        super().__init__()
        self.model, self.names, self.output = model, names.split(), output

    def forward(self, *inputs: Any) -> Any:
        """The output that is looked at."""
        return getattr(self.model(**dict(zip(self.names, inputs, strict=True))), self.output)


def pictures(module: str, name: str, size: int, **settings: Any) -> Callable[[], Built]:
    def build() -> Built:
        made = getattr(importlib.import_module(module), name)(**settings)
        return made, (numbers(2, 3, size, size),)

    return build


def of_timm(name: str, size: int, **settings: Any) -> Callable[[], Built]:
    def build() -> Built:
        import timm  # type: ignore[import-not-found]

        made = timm.create_model(name, pretrained=False, num_classes=5, **settings)
        return made, (numbers(2, 3, size, size),)

    return build


def of_torchvision(name: str, size: int = 64, **settings: Any) -> Callable[[], Built]:
    return pictures("torchvision.models", name, size, weights=None, num_classes=5, **settings)


def of_transformers(
    name: str, inputs: Any = None, own: bool = False, asked: str = "", output: str = "", **more: Any
) -> Callable[[], Built]:
    def build() -> Built:
        import transformers

        transformers.logging.set_verbosity_error()
        settings = more if own else {**SMALL, **more}
        config = getattr(transformers, f"{name}Config")(**settings)
        model = getattr(transformers, f"{name}Model")(config)
        model = Asked(model, asked, output) if asked else model
        return model, (tokens(2, 7),) if inputs is None else inputs

    return build


def graph(name: str, *more: Any, **settings: Any) -> Callable[[], Built]:
    def build() -> Built:
        import torch_geometric.nn as library  # type: ignore[import-not-found]

        layers = [m() if callable(m) else m for m in more]
        return getattr(library, name)(*layers, **settings), (numbers(6, 5), EDGES)

    return build


def of(module: str, name: str, *inputs: Any, **settings: Any) -> Callable[[], Built]:
    return lambda: (getattr(importlib.import_module(module), name)(**settings), inputs)


def resnet() -> Built:
    from timm.models.resnet import BasicBlock, ResNet  # type: ignore[import-not-found]

    return ResNet(BasicBlock, (1, 1, 1, 1), num_classes=5, channels=(8, 8, 16, 16)), (
        numbers(2, 3, 32, 32),
    )


def rotary() -> Built:
    from rotary_embedding_torch import RotaryEmbedding  # type: ignore[import-not-found]

    class Scores(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.turn = RotaryEmbedding(dim=8)

        def forward(self, q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
            return self.turn.rotate_queries_or_keys(q) @ self.turn.rotate_queries_or_keys(k).mT

    return Scores(), (numbers(1, 2, 5, 8), numbers(1, 2, 5, 8))


def whisper() -> Built:
    build = of_transformers(
        "Whisper", (numbers(1, 8, 20),), True, vocab_size=32, d_model=16, **HEADS, **LAYERS,
        num_mel_bins=8, max_source_positions=10, max_target_positions=10, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1,
    )  # fmt: skip
    model, inputs = build()
    encoder = model.encoder
    assert isinstance(encoder, nn.Module)
    return encoder, inputs


def detr() -> Built:
    import transformers

    stages: dict[str, Any] = {"embedding_size": 4, "hidden_sizes": [4, 8], "depths": [1, 1],
                              "layer_type": "basic", "out_features": ["stage2"]}  # fmt: skip
    own: dict[str, Any] = {"backbone": None, "use_timm_backbone": False,
                           "use_pretrained_backbone": False}  # fmt: skip
    config = transformers.DetrConfig(d_model=16, **HEADS, **LAYERS, num_queries=4, **own,
        backbone_config=transformers.ResNetConfig(**stages))  # fmt: skip
    return transformers.DetrModel(config), (numbers(1, 3, 32, 32),)


DIFFUSION = {"sample_size": 8, "block_out_channels": (8, 16), "layers_per_block": 1,
             "norm_num_groups": 4, "attention_head_dim": 4}  # fmt: skip
MIXER = {"num_classes": 5, "img_size": 32, "patch_size": 16, "num_blocks": 1, "embed_dim": 16}
STAGES = {"num_classes": 5, "embed_dims": (8, 8, 16, 16), "depths": (1, 1, 1, 1)}
VISION: list[Family] = [
    ("timm", "ViT", of_timm("vit_tiny_patch16_224", 32, img_size=32, depth=1, embed_dim=24)),
    ("timm", "DeiT, distilled", of_timm("deit_tiny_distilled_patch16_224", 32, img_size=32, depth=1,
        embed_dim=24)),
    ("timm", "Swin", of_timm("swin_tiny_patch4_window7_224", 32, img_size=32, window_size=4,
        depths=(1, 1), num_heads=(2, 2), embed_dim=8)),
    ("timm", "ConvNeXt", of_timm("convnext_atto", 32, depths=(1,) * 4, dims=(8, 8, 16, 16))),
    ("timm", "ConvNeXt V2", of_timm("convnextv2_atto", 32, depths=(1,) * 4, dims=(8, 8, 16, 16))),
    ("timm", "ResNet", resnet),
    ("timm", "EfficientNet", of_timm("test_efficientnet", 32)),
    ("timm", "MobileNet V3", of_timm("mobilenetv3_small_050", 32)),
    ("timm", "DenseNet", of_timm("densenet121", 32, block_config=(1, 1, 1, 1))),
    ("timm", "Mixer", pictures("timm.models.mlp_mixer", "MlpMixer", 32, **MIXER)),
    ("timm", "MetaFormer (PoolFormer)", pictures("timm.models.metaformer", "MetaFormer", 64,
        num_classes=5, depths=(1,) * 4, dims=(8, 8, 16, 16))),
    ("timm", "CaiT", of_timm("cait_xxs24_224", 32, img_size=32, depth=1, embed_dim=16,
        num_heads=2)),
    ("timm", "BEiT", of_timm("beit_base_patch16_224", 32, img_size=32, depth=1, embed_dim=16,
        num_heads=2)),
    ("timm", "EVA-02", of_timm("eva02_tiny_patch14_224", 28, img_size=28, depth=1, embed_dim=24,
        num_heads=2)),
    ("timm", "XCiT", of_timm("xcit_nano_12_p16_224", 32, img_size=32, depth=1, embed_dim=16)),
    ("timm", "LeViT", pictures("timm.models.levit", "Levit", 64, num_classes=5, img_size=64,
        embed_dim=(8, 16), key_dim=4, depth=(1, 1), num_heads=(1, 2))),
    ("timm", "PVT v2", pictures("timm.models.pvt_v2", "PyramidVisionTransformerV2", 64, **STAGES,
        num_heads=(1, 2, 2, 2))),
    ("timm", "Twins", pictures("timm.models.twins", "Twins", 64, **STAGES, num_heads=(1, 2, 2, 2),
        img_size=64)),
    ("timm", "DaViT", pictures("timm.models.davit", "DaVit", 64, num_classes=5, depths=(1, 1),
        embed_dims=(8, 16), num_heads=(2, 2))),
    ("timm", "FocalNet", pictures("timm.models.focalnet", "FocalNet", 64, num_classes=5,
        embed_dim=8, depths=(1,) * 4)),
    ("timm", "EdgeNeXt", of_timm("edgenext_xx_small", 64, depths=(1,) * 4, dims=(8, 8, 16, 16),
        heads=(2,) * 4)),
    ("timm", "Visformer", pictures("timm.models.visformer", "Visformer", 64, num_classes=5,
        img_size=64, init_channels=8, embed_dim=16, depth=(1, 1, 1), num_heads=2)),
    ("torchvision", "SqueezeNet", of_torchvision("squeezenet1_0")),
    ("torchvision", "ShuffleNet V2", of_torchvision("shufflenet_v2_x0_5")),
    ("torchvision", "SSD head", lambda: (importlib.import_module(
        "torchvision.models.detection.ssd").SSDHead([4, 4], [4, 4], 3),
        ([numbers(1, 4, 4, 4), numbers(1, 4, 2, 2)],))),
    ("torchvision", "RetinaNet head", lambda: (importlib.import_module(
        "torchvision.models.detection.retinanet").RetinaNetHead(8, 9, 3),
        ([numbers(1, 8, 4, 4), numbers(1, 8, 2, 2)],))),
    ("transformers", "DETR", detr),
    ("transformers", "YOLOS", of_transformers("Yolos", (numbers(1, 3, 32, 32),),
        image_size=[32, 32], patch_size=16, num_detection_tokens=3)),
    ("transformers", "SegFormer", of_transformers("Segformer", (numbers(1, 3, 32, 32),), True,
        hidden_sizes=[8, 8, 16, 16], depths=[1] * 4, num_attention_heads=[1, 2, 2, 2])),
    ("transformers", "DINOv2", of_transformers("Dinov2", (numbers(1, 3, 14, 14),), image_size=14,
        patch_size=7)),
    ("transformers", "SigLIP, pictures", of_transformers("SiglipVision", (numbers(1, 3, 8, 8),),
        image_size=8, patch_size=4)),
    ("monai", "UNETR", of("monai.networks.nets", "UNETR", numbers(1, 1, 32, 32), in_channels=1,
        out_channels=2, img_size=(32, 32), feature_size=4, hidden_size=12, mlp_dim=16, num_heads=2,
        spatial_dims=2)),
    ("monai", "UNet", of("monai.networks.nets", "UNet", numbers(1, 1, 16, 16), spatial_dims=2,
        in_channels=1, out_channels=2, channels=(4, 8), strides=(2,))),
]  # fmt: skip
DIFFUSERS: list[Family] = [
    ("diffusers", "UNet", of("diffusers", "UNet2DModel", numbers(1, 3, 8, 8), torch.tensor([3]),
        **DIFFUSION, down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"))),
    ("diffusers", "UNet with text (Stable Diffusion)", of("diffusers", "UNet2DConditionModel",
        numbers(1, 4, 8, 8), torch.tensor([3]), numbers(1, 5, 8), **DIFFUSION,
        cross_attention_dim=8, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))),
    ("diffusers", "DiT", of("diffusers", "DiTTransformer2DModel", numbers(1, 4, 8, 8),
        torch.tensor([3]), torch.tensor([2]), num_attention_heads=2, attention_head_dim=8,
        num_layers=1, sample_size=8, norm_num_groups=4, num_embeds_ada_norm=10)),
    ("diffusers", "SD 3 (MMDiT)", of("diffusers", "SD3Transformer2DModel", numbers(1, 4, 8, 8),
        numbers(1, 3, 12), numbers(1, 10), torch.tensor([3]), sample_size=8, patch_size=2,
        in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=2,
        joint_attention_dim=12, caption_projection_dim=16, pooled_projection_dim=10, out_channels=4,
        pos_embed_max_size=8)),
]  # fmt: skip
GRAPHS: list[Family] = [
    ("torch_geometric", "GraphSAGE", graph("SAGEConv", 5, 4)),
    ("torch_geometric", "GIN", graph("GINConv", lambda: nn.Linear(5, 4))),
    ("torch_geometric", "GraphConv", graph("GraphConv", 5, 4)),
    ("torch_geometric", "GCN without its own loops", graph("GCNConv", 5, 4, normalize=False,
        add_self_loops=False)),
    ("torch_geometric", "GCN", graph("GCNConv", 5, 4)),
    ("torch_geometric", "graph transformer", graph("TransformerConv", 5, 4)),
    ("torch_geometric", "EdgeConv", graph("EdgeConv", lambda: nn.Linear(10, 4))),
]  # fmt: skip
LANGUAGE: list[Family] = [
    ("transformers", "DeBERTa", of_transformers("Deberta", relative_attention=True,
        pos_att_type=["c2p", "p2c"], max_position_embeddings=16)),
    ("transformers", "DeBERTa v2", of_transformers("DebertaV2", relative_attention=True,
        pos_att_type=["c2p", "p2c"], max_position_embeddings=16, position_buckets=4)),
    ("transformers", "BART", of_transformers("Bart", (tokens(1, 7),), True, vocab_size=32,
        d_model=16, **HEADS, **LAYERS, max_position_embeddings=16)),
    ("transformers", "T5", of_transformers("T5", (tokens(1, 7), tokens(1, 4)), True,
        "input_ids decoder_input_ids", "last_hidden_state", d_model=16, d_kv=8, d_ff=24,
        num_layers=1, num_heads=2, vocab_size=32)),
    ("transformers", "Gemma 3", of_transformers("Gemma3Text", num_key_value_heads=1, head_dim=8)),
    ("transformers", "Granite", of_transformers("Granite", num_key_value_heads=1)),
    ("transformers", "BigBird", of_transformers("BigBird", attention_type="original_full",
        max_position_embeddings=32)),
    ("transformers", "SqueezeBERT", of_transformers("SqueezeBert", max_position_embeddings=16,
        embedding_size=16)),
    ("transformers", "MobileBERT", of_transformers("MobileBert", max_position_embeddings=16,
        embedding_size=8, intra_bottleneck_size=8, true_hidden_size=8)),
    ("transformers", "ConvBERT", of_transformers("ConvBert", embedding_size=16,
        max_position_embeddings=16, conv_kernel_size=3, head_ratio=2, num_attention_heads=4)),
    ("transformers", "Funnel", of_transformers("Funnel", (tokens(1, 8),), True, vocab_size=32,
        d_model=16, n_head=2, d_head=8, d_inner=24, block_sizes=[1, 1], num_decoder_layers=1)),
    ("transformers", "Perceiver", of_transformers("Perceiver", (numbers(1, 6, 12),), True,
        num_latents=4, d_latents=16, d_model=12, num_blocks=1, num_self_attends_per_block=1,
        num_self_attention_heads=2, num_cross_attention_heads=2)),
    ("transformers", "Mixtral (experts)", of_transformers("Mixtral", num_key_value_heads=1,
        num_local_experts=4, num_experts_per_tok=2)),
    ("transformers", "DeepSeek V3 (experts)", of_transformers("DeepseekV3", num_key_value_heads=2,
        q_lora_rank=8, kv_lora_rank=8, qk_rope_head_dim=4, qk_nope_head_dim=4, v_head_dim=8,
        n_routed_experts=4, num_experts_per_tok=2, n_group=2, topk_group=1, moe_intermediate_size=8,
        first_k_dense_replace=0, n_shared_experts=1)),
    ("transformers", "Decision Transformer", of_transformers("DecisionTransformer",
        (numbers(1, 4, 3), numbers(1, 4, 2), numbers(1, 4, 1), numbers(1, 4, 1), tokens(1, 4)),
        True, "states actions rewards returns_to_go timesteps", "action_preds", state_dim=3,
        act_dim=2, hidden_size=16, n_layer=1, n_head=2, n_positions=32)),
    ("rotary_embedding_torch", "rotary attention", rotary),
    ("local_attention", "local attention", of("local_attention", "LocalAttention",
        numbers(1, 2, 8, 8), numbers(1, 2, 8, 8), numbers(1, 2, 8, 8), dim=8, window_size=4,
        causal=True, autopad=True)),
    ("torch", "nn.Transformer", lambda: (nn.Transformer(16, 2, 1, 1, 24, batch_first=True),
        (numbers(1, 6, 16), numbers(1, 4, 16)))),
]  # fmt: skip
SEQUENCES: list[Family] = [
    ("transformers", "Mamba 2", of_transformers("Mamba2", (tokens(1, 4),), True, vocab_size=32,
        hidden_size=16, num_hidden_layers=1, state_size=4, num_heads=4, head_dim=8, n_groups=1,
        chunk_size=4)),
    ("transformers", "RecurrentGemma", of_transformers("RecurrentGemma", num_key_value_heads=1,
        lru_width=16, attention_window_size=8, num_hidden_layers=3)),
    ("transformers", "PatchTST", of_transformers("PatchTST", (numbers(1, 16, 2),), True,
        num_input_channels=2, context_length=16, patch_length=4, patch_stride=4, d_model=16,
        num_hidden_layers=1, num_attention_heads=2, ffn_dim=24)),
    ("transformers", "wav2vec 2", of_transformers("Wav2Vec2", (numbers(1, 800),), **SPEECH)),
    ("transformers", "HuBERT", of_transformers("Hubert", (numbers(1, 800),), **SPEECH)),
    ("transformers", "Whisper, sound", whisper),
    ("torchaudio", "WaveRNN", of("torchaudio.models", "WaveRNN", numbers(1, 1, 16),
        numbers(1, 1, 4, 6), upsample_scales=[2, 2], n_classes=8, hop_length=4, n_res_block=1,
        n_rnn=8, n_fc=8, n_freq=4, n_hidden=8, n_output=8, kernel_size=3)),
    ("pytorch_tcn", "TCN", of("pytorch_tcn", "TCN", numbers(1, 3, 10), num_inputs=3,
        num_channels=[4, 4], kernel_size=3)),
]  # fmt: skip
OTHERS = (*LANGUAGE, *SEQUENCES, *VISION, *DIFFUSERS, *GRAPHS)


def held_by_tests() -> Iterator[Family]:
    """The families that the tests hold."""
    folder = Path(__file__).parents[1] / "tests" / "engines" / "diagrams" / "importing"
    sys.path.insert(0, str(folder))
    from test_families import FURTHER, ORDINARY

    for name, (build, _) in {**ORDINARY, **FURTHER}.items():
        if name[0].isupper():
            yield "tests", name, build


def row(library: str, name: str, build: Callable[[], Built]) -> str:
    """One line of the table: verdict, what is opaque, seconds beyond torch's own export."""
    torch.manual_seed(0)
    try:
        model, inputs = build()
    except ImportError as error:
        return f"| {name} | {library} | not installed: {error.name} | | |"
    try:
        diagram = Diagram.from_torch(model.eval(), inputs)
        verdict = diagram.verify(model).verdict
    except DiagramError as error:
        return f"| {name} | {library} | refused: {str(error)[:90]} | | |"
    opaque = ", ".join(dict.fromkeys(o.partition(".")[0] for o in diagram.report.opaque))
    seconds = f"{diagram.report.seconds_rest:.2f}"
    return f"| {name} | {library} | {verdict} | {opaque} | {seconds} |"


def main(words: list[str]) -> None:
    """Print the table."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    print("| family | from | verdict | opaque | seconds |\n|---|---|---|---|---|")
    for library, name, build in (*held_by_tests(), *OTHERS):
        if not words or any(word.lower() in name.lower() for word in words):
            print(row(library, name, build), flush=True)


if __name__ == "__main__":
    started = time.perf_counter()
    main(sys.argv[1:])
    print(f"\n{time.perf_counter() - started:.0f} s, torch {torch.__version__}", file=sys.stderr)
