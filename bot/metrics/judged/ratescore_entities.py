"""Medical entities of a report, as RaTEScore finds them: sentences, a tagger, a state machine."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.metrics.judged.checkpoint import load_network

if TYPE_CHECKING:
    from collections.abc import Callable

    Split = Callable[[str], list[str]]
    """Text to its sentences."""

MIN_SENTENCE = 3
"""Shorter sentences have no entity."""
MAX_TOKENS = 512
"""A sentence is cut behind as many tokens."""
BATCH = 32
"""Most sentences or entities in one run of a model."""
OUTSIDE = "O"
SPECIAL = frozenset({"[CLS]", "[SEP]"})


@dataclass(frozen=True)
class Finding:
    """An entity of a report."""

    words: str
    """What the report calls it."""
    kind: str
    """`ANATOMY`, `ABNORMALITY`, `NON-ABNORMALITY`, `DISEASE` or `NON-DISEASE`."""


def keep_sentences(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences that are looked at, without the spaces around them.

    Example:
        >>> keep_sentences([" No effusion. ", "1.", "   "])
        ('No effusion.',)
    """
    stripped = (sentence.strip() for sentence in sentences)
    return tuple(sentence for sentence in stripped if len(sentence) >= MIN_SENTENCE)


@cache
def load_splitter() -> Split:
    """Return medspaCy's rule-based sentence splitter, which the published metric uses."""
    with warnings.catch_warnings():
        # Importing spaCy and its relatives warns of what they will have to change, not of us.
        warnings.simplefilter("ignore")
        import medspacy
        from loguru import logger

    # The splitter would write the words of every report to standard error.
    logger.disable("PyRuSH")
    pipeline = medspacy.load(medspacy_enable=["medspacy_pyrush"])
    return lambda text: [str(sentence) for sentence in pipeline(text).sents]


def join_tags(
    tags: Sequence[str], special: AbstractSet[int] = frozenset()
) -> list[tuple[int, int, str]]:
    """Return the first and last place and the kind of each entity.

    The published post-processing, kept with its oddities: a tag is closed by the tag that follows
    it; the last place has no follower and is never looked at; an `I-` tag before a `B-` tag is an
    entity that the next one replaces; an entity still open at the end reaches to the last place
    but one, if no other was closed since an `O` tag.

    Args:
        tags: `B-KIND`, `I-KIND` or `O` for each token, those of the opening and closing token too.
        special: Places of other tokens that are no words either.

    Example:
        >>> join_tags(["O", "B-ANATOMY", "I-ANATOMY", "O", "B-DISEASE", "O", "O"])
        [(1, 2, 'ANATOMY'), (4, 4, 'DISEASE')]
        >>> join_tags(["O", "B-DISEASE", "I-DISEASE", "I-DISEASE"])
        [(1, 2, 'DISEASE')]
    """
    spans: list[tuple[int, int, str]] = []
    start: int | None = None
    end: int | None = None
    kind = ""
    # The opening and the closing token are no words; the closing one is still a follower.
    for place in range(1, len(tags) - 1):
        tag, follower = tags[place], tags[place + 1]
        if tag == OUTSIDE or place in special:
            continue
        begins, next_mark = tag.startswith("B-"), follower[:1]
        if next_mark == "I":
            if begins:
                start, kind = place, tag[2:]
            continue
        if begins:
            start, kind = place, tag[2:]
        if start is not None:
            spans.append((start, place, kind))
        end = place
        if next_mark == "B":
            start, kind = place, tag[2:]
        else:
            start = end = None
    if start is not None and end is None:
        spans.append((start, len(tags) - 2, kind))
    return spans


class Tagger:
    """The model that tags the tokens of a sentence."""

    def __init__(self, folder: Path, device: str) -> None:
        """Load it from a folder, and nothing from elsewhere."""
        from transformers import AutoModelForTokenClassification, AutoTokenizer

        self._device = device
        network = load_network(AutoModelForTokenClassification, folder)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._network = network.to(device)
        self._names: Mapping[int, str] = network.config.id2label

    def find(self, sentences: Iterable[str]) -> dict[str, tuple[Finding, ...]]:
        """Return the entities of each sentence."""
        import torch

        # By length: little padding, and memory is that of the longest batch.
        ordered = sorted(dict.fromkeys(sentences), key=lambda one: (len(one), one))
        found: dict[str, tuple[Finding, ...]] = {}
        for first in range(0, len(ordered), BATCH):
            batch = ordered[first : first + BATCH]
            encoded = self._tokenizer(
                batch,
                max_length=MAX_TOKENS,
                padding=True,
                truncation=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                logits = self._network(**encoded.to(self._device)).logits
            labels = logits.argmax(dim=2).tolist()
            rows = zip(batch, encoded["input_ids"].tolist(), labels, strict=True)
            for sentence, ids, row in rows:
                found[sentence] = self._read(ids, row)
        return found

    def _read(self, ids: Sequence[int], labels: Sequence[int]) -> tuple[Finding, ...]:
        # Padding is on the right; a sentence's own tokens are never the padding token.
        length = sum(one != self._tokenizer.pad_token_id for one in ids)
        tokens = self._tokenizer.convert_ids_to_tokens(ids[:length])
        tags = [self._names[label] for label in labels[:length]]
        special = {place for place, token in enumerate(tokens) if token in SPECIAL}
        return tuple(
            Finding(self._tokenizer.convert_tokens_to_string(tokens[start : end + 1]), kind)
            for start, end, kind in join_tags(tags, special)
        )
