"""BERT and RoBERTa encoders, run one text at a time: a text's embedding depends on nothing else.

On a processor a batch gains nothing over as many threads with a text each: a text is a matrix of
its own. Without padding, and with one thread for each text, its numbers are the same bits whatever
else is scored, in whichever order, shard or process, and whether or not they come from a cache.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from bot.metrics.base import MetricUnavailable

Embedding = npt.NDArray[np.float32]
"""float32 array of shape (tokens, width)."""

LIBRARIES = ("torch", "tokenizers")
"""Distributions whose version can change an embedding."""
Item = TypeVar("Item")
Result = TypeVar("Result")

HEAD_WIDTH = 64
"""Width of one attention head in every published BERT."""
LAYER_PARTS = (
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)


@dataclass(frozen=True)
class Shape:
    """What a checkpoint's tensors do not say."""

    heads: int
    """Attention heads."""
    epsilon: float
    """Added to the variance in layer normalisation."""
    padding: int | None = None
    """Token id after which RoBERTa counts positions; None for BERT, which counts from 0."""


class Tokeniser:
    """Text to token ids, special tokens included, cut at the encoder's length."""

    def __init__(self, tokeniser: Any, longest: int, lead: str = "") -> None:
        """Take a tokeniser of the library `tokenizers`; `lead` goes before every text."""
        tokeniser.no_padding()
        tokeniser.enable_truncation(longest)
        self._tokeniser, self._lead = tokeniser, lead
        # What surrounds every text; bert-score gives these no weight wherever they stand.
        self.edges: tuple[int, ...] = tuple(tokeniser.encode("").ids)

    def ids(self, text: str) -> array[int]:
        """Return the token ids of a text, four bytes each."""
        return array("i", self._tokeniser.encode(self._lead + text if text else text).ids)


class Encoder:
    """The layers of a BERT or RoBERTa checkpoint, up to some layer."""

    def __init__(self, tensors: Mapping[str, Any], shape: Shape, layers: int, device: str) -> None:
        """Take the tensors of the encoder, by their names without a prefix."""
        import torch

        def take(name: str) -> Any:
            if name not in tensors:
                raise MetricUnavailable(f"the checkpoint has no tensor {name}")
            # A copy: the memory of the file is let go, and every tensor is aligned alike.
            return tensors[name].detach().to(device, torch.float32, copy=True).contiguous()

        def pair(name: str) -> tuple[Any, Any]:
            return take(f"{name}.weight"), take(f"{name}.bias")

        self._shape, self._device = shape, device
        self._words, self._positions, kinds = (
            take(f"embeddings.{name}_embeddings.weight")
            for name in ("word", "position", "token_type")
        )
        self._kind = kinds[0]
        self._start = pair("embeddings.LayerNorm")
        self._layers = []
        for number in range(layers):
            at = f"encoder.layer.{number}"
            own = [pair(f"{at}.attention.self.{name}") for name in ("query", "key", "value")]
            joined = tuple(torch.cat(parts) for parts in zip(*own, strict=True))
            self._layers.append((joined, *(pair(f"{at}.{name}") for name in LAYER_PARTS)))

    @property
    def width(self) -> int:
        """Numbers in the embedding of one token."""
        return int(self._words.shape[1])

    @property
    def longest(self) -> int:
        """Tokens that there are positions for."""
        padding = self._shape.padding
        return len(self._positions) - (0 if padding is None else padding + 1)

    def encode(self, ids: Sequence[int]) -> Embedding:
        """Return the embedding of one text's tokens."""
        import torch

        with torch.inference_mode():
            result: Embedding = self._run(torch, ids).cpu().numpy()
        return result

    def _run(self, torch: Any, ids: Sequence[int]) -> Any:
        """Return the last layer's output, shape (tokens, width)."""
        functional, heads = torch.nn.functional, self._shape.heads
        tokens = torch.tensor(list(ids), device=self._device)
        place = torch.arange(len(ids), device=self._device)
        if self._shape.padding is not None:
            kept = tokens.ne(self._shape.padding)
            place = kept.cumsum(0) * kept + self._shape.padding
        count, width = len(ids), self.width

        def norm(state: Any, parts: tuple[Any, Any]) -> Any:
            return functional.layer_norm(state, (width,), *parts, self._shape.epsilon)

        linear = functional.linear
        state = norm(self._words[tokens] + self._positions[place] + self._kind, self._start)
        for joined, output, first, inner, outer, second in self._layers:
            parts = linear(state, *joined).view(count, 3, heads, width // heads)
            query, key, value = parts.permute(1, 2, 0, 3).unsqueeze(1)
            mixed = functional.scaled_dot_product_attention(query, key, value)
            mixed = mixed.squeeze(0).transpose(0, 1).reshape(count, width)
            state = norm(linear(mixed, *output) + state, first)
            state = norm(linear(functional.gelu(linear(state, *inner)), *outer) + state, second)
        return state

    def encode_all(self, texts: Sequence[Sequence[int]]) -> Iterator[Embedding]:
        """Yield the embedding of each text's tokens."""
        return run_each(self.encode, texts, alone=self._device != "cpu")


def run_each(
    function: Callable[[Item], Result], items: Sequence[Item], *, alone: bool = False
) -> Iterator[Result]:
    """Yield a function of each item, as many at a time as torch has threads, a thread each.

    Args:
        function: Computes with torch, and lets other threads of Python run meanwhile.
        items: What it is given.
        alone: Whether to run one after the other.
    """
    from concurrent.futures import ThreadPoolExecutor

    import torch

    before: int = torch.get_num_threads()
    threads = 1 if alone or len(items) < 2 else before

    def take_one_thread() -> None:
        torch.set_num_threads(1)

    take_one_thread()
    try:
        with ThreadPoolExecutor(threads, initializer=take_one_thread) as pool:
            yield from pool.map(function, items)
    finally:
        torch.set_num_threads(before)


def give_back_memory() -> None:
    """Give memory that was freed back to the system.

    glibc keeps it, spread over the arenas of the threads that freed it: without this a run over
    10,000 reports holds a gigabyte of nothing. Does nothing where there is no glibc.
    """
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def strip_names(tensors: Mapping[str, Any], prefixes: Iterable[str]) -> dict[str, Any]:
    """Return tensors by their names without any of these prefixes, old names made new.

    Example:
        >>> strip_names({"module.bert.x.LayerNorm.gamma": 1}, ["module.", "bert."])
        {'x.LayerNorm.weight': 1}
    """
    renamed = {}
    for name, tensor in tensors.items():
        bare = name
        for prefix in prefixes:
            bare = bare.removeprefix(prefix)
        bare = bare.replace("LayerNorm.gamma", "LayerNorm.weight")
        renamed[bare.replace("LayerNorm.beta", "LayerNorm.bias")] = tensor
    return renamed


@dataclass(frozen=True)
class Model:
    """An encoder with its tokeniser, as a folder of published files holds them."""

    tokeniser: Tokeniser
    """Text to token ids."""
    encoder: Encoder
    """Token ids to an embedding."""

    @classmethod
    def load(cls, folder: Path, layers: int, device: str = "cpu") -> Self:
        """Return the model in a folder with config.json, tokenizer.json and model.safetensors.

        Args:
            folder: Its place.
            layers: Layers to run; what lies above is not even read.
            device: Where it runs.

        Raises:
            MetricUnavailable: A file is missing or holds something else.
        """
        from safetensors import SafetensorError, safe_open
        from tokenizers import Tokenizer

        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            shape = read_shape(config)
            wanted = wanted_layers(layers)
            with safe_open(folder / "model.safetensors", framework="pt") as file:
                names = [name for name in file.keys() if wanted(name)]  # noqa: SIM118
                tensors = {name: file.get_tensor(name) for name in names}
            encoder = Encoder(strip_names(tensors, ("roberta.", "bert.")), shape, layers, device)
            settings = folder / "tokenizer_config.json"
            stated = json.loads(settings.read_text("utf-8")) if settings.is_file() else {}
            longest = min(encoder.longest, int(stated.get("model_max_length", encoder.longest)))
            # RoBERTa's words carry the space before them; bert-score puts one before the first.
            lead = "" if shape.padding is None else " "
            loaded = Tokenizer.from_file(os.fspath(folder / "tokenizer.json"))
            return cls(Tokeniser(loaded, longest, lead), encoder)
        except MetricUnavailable:
            raise
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise unreadable(folder.name, error) from error


def unreadable(name: str, error: Exception) -> MetricUnavailable:
    """Return the refusal of weights that are there and cannot be loaded."""
    first = " ".join(str(error).split())[:120]
    return MetricUnavailable(
        f"weights {name} cannot be loaded ({type(error).__name__}: {first}); "
        f"run: rexrank models verify {name}"
    )


def read_shape(config: Mapping[str, Any]) -> Shape:
    """Return the shape that a config.json states.

    Raises:
        MetricUnavailable: It is of an architecture that these layers do not compute.
    """
    kind, act = config.get("model_type"), config.get("hidden_act", "gelu")
    position = config.get("position_embedding_type", "absolute")
    if kind not in {"bert", "roberta"} or act != "gelu" or position != "absolute":
        raise MetricUnavailable(
            f"the encoder is {kind} with {act} and {position} positions; "
            "bert or roberta with gelu and absolute positions is needed"
        )
    return Shape(
        heads=int(config["num_attention_heads"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        padding=int(config.get("pad_token_id", 1)) if kind == "roberta" else None,
    )


def wanted_layers(layers: int) -> Any:
    """Return whether a tensor, by its name, belongs to the embeddings or the first layers."""

    def wanted(name: str) -> bool:
        _, found, rest = name.partition("encoder.layer.")
        return "embeddings." in name or (bool(found) and int(rest.split(".")[0]) < layers)

    return wanted
