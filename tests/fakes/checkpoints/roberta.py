"""A RoBERTa of six narrow layers, in the files that distilroberta-base is published in."""

from __future__ import annotations

import json
from pathlib import Path

CORPUS = (
    "The heart is normal in size. No pleural effusion or pneumothorax is seen.",
    "Small left basal atelectasis. Mild pulmonary edema has improved since the prior study.",
    "Focal consolidation in the right lower lobe, concerning for pneumonia.",
    "The lungs are clear. No acute osseous abnormality. Findings: Impression: 1.2 cm",
)
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
LONGEST = 96
"""Tokens of the longest text."""


def make_roberta(folder: Path, *, seed: int = 0) -> None:
    """Write config.json, model.safetensors and a byte-level BPE with real merges."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaModel

    folder.mkdir(parents=True, exist_ok=True)
    words = ByteLevelBPETokenizer()
    words.train_from_iterator(
        CORPUS * 4, vocab_size=400, special_tokens=list(SPECIAL), show_progress=False
    )
    write_tokenizer(folder, words)
    torch.manual_seed(seed)
    config = RobertaConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=48,
        num_hidden_layers=6,
        num_attention_heads=4,
        intermediate_size=96,
        max_position_embeddings=LONGEST + 2,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        initializer_range=0.2,
    )
    network = RobertaModel(config).eval()
    with torch.no_grad():
        for layer in network.encoder.layer:
            # As published ones, it has a large number in every token: no cosine is negative.
            layer.output.LayerNorm.bias[7] = 6.0
            for parameter in layer.parameters():
                if parameter.dim() == 1:
                    parameter.add_(0.1 * torch.randn_like(parameter))
    network.save_pretrained(folder)


def write_tokenizer(folder: Path, words) -> None:
    """Write tokenizer.json, and the older files that bert-score's slow tokenizer reads."""
    from tokenizers.processors import RobertaProcessing

    words.save_model(str(folder))
    words._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0))
    words._tokenizer.add_special_tokens(list(SPECIAL))
    words.save(str(folder / "tokenizer.json"))
    names = ("bos", "pad", "eos", "unk", "mask")
    settings = {f"{name}_token": token for name, token in zip(names, SPECIAL, strict=True)}
    settings |= {"cls_token": "<s>", "sep_token": "</s>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(settings))
    settings |= {"model_max_length": LONGEST, "tokenizer_class": "RobertaTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
