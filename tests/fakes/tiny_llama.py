"""A Llama of a few thousand parameters: one that rambles, or one that gives a fixed answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

SPECIAL = ("<unk>", "<s>", "</s>")
END = 2


def make_tokenizer(pieces: Sequence[str]) -> Any:
    """Return a Llama tokenizer that knows bytes and these pieces."""
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import LlamaTokenizerFast

    names = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581"]
    model = models.BPE(
        vocab={name: number for number, name in enumerate(names)},
        merges=[],
        unk_token="<unk>",
        byte_fallback=True,
    )
    backend = Tokenizer(model)
    backend.normalizer = normalizers.Replace(" ", "\u2581")
    backend.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer = LlamaTokenizerFast(tokenizer_object=backend)
    tokenizer.add_tokens(list(pieces))
    return tokenizer


def make_llama(folder: Path, pieces: Sequence[str] = (), seed: int = 5) -> None:
    """Write a model and its tokenizer.

    Args:
        folder: Where to; made.
        pieces: What it answers whatever it is asked, in pieces that differ; nothing for a model
            with random weights, whose answers depend on the prompt.
        seed: Of the random weights.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer(pieces)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    network = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=4096,
            initializer_range=0.3,
            bos_token_id=1,
            eos_token_id=END,
        )
    )
    if pieces:
        chain = [END, *tokenizer.convert_tokens_to_ids(list(pieces)), END]
        with torch.no_grad():
            for layer in network.model.layers:
                # What a token becomes is then its embedding alone.
                layer.self_attn.o_proj.weight.zero_()
                layer.mlp.down_proj.weight.zero_()
            network.lm_head.weight.zero_()
            for token, follower in pairwise(chain):
                network.lm_head.weight[follower] += network.model.embed_tokens.weight[token]
    network.save_pretrained(folder)
