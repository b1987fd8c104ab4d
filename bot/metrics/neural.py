"""The metrics that need a model: described here, and run by a later release.

Each keeps its place among the columns. The module that brings a metric replaces its slot in
`bot.metrics.registry`.
"""

from __future__ import annotations

from bot.metrics.base import Metric, Needs, Slot

_TORCH = ("torch", "transformers")
_API = (
    "off by default: it sends the texts to a language model behind an API, and never those of "
    "credentialed or private data; not in this release"
)
_PUBLISHED = "published values are imported"

BERTSCORE = Metric(
    id="bertscore",
    title="BERTScore",
    name="BERTScore F1, rescaled",
    definition=(
        "F1 of greedy cosine matches of token embeddings from distilroberta-base at its default "
        "layer (5), no idf, rescaled with bert-score's English baseline; runs of spaces in both "
        "texts become one."
    ),
    citation="Zhang et al., BERTScore, ICLR 2020; reference implementation bert-score 0.3.13",
    low=None,
    needs=Needs(packages=(*_TORCH, "bert_score"), weights=("distilroberta-base",)),
    method=Slot(),
)
SEMB = Metric(
    id="semb",
    title="SembScore",
    name="CheXbert embedding similarity",
    definition=(
        "Cosine of CheXbert's [CLS] embeddings of the two texts: newlines to spaces, runs of "
        "spaces to one, bert-base-uncased tokens, cut at 512."
    ),
    citation="Smit et al., CheXbert, EMNLP 2020; Yu et al., Patterns 2023",
    low=-1.0,
    needs=Needs(packages=_TORCH, weights=("chexbert",)),
    method=Slot(),
)


def _describe_chexbert_f1(labels: int, average: str) -> Metric:
    five = " (cardiomegaly, edema, consolidation, atelectasis, pleural effusion)"
    over = "over all decisions together" if average == "micro" else "averaged over the labels"
    return Metric(
        id=f"chexbert_f1_{labels}_{average}",
        title=f"CheXbert F1-{labels} {average}",
        name=f"F1 of {labels} CheXbert labels, {average} average",
        definition=(
            f"F1 of the {labels} labels{five if labels == 5 else ''} that CheXbert gives to both "
            f"texts, {over}. Positive are the classes 1 (positive) and 3 (uncertain), as in the "
            "package f1chexbert."
        ),
        citation="Smit et al., CheXbert, EMNLP 2020",
        needs=Needs(packages=_TORCH, weights=("chexbert",)),
        method=Slot(kind="corpus"),
    )


CHEXBERT_F1_14_MICRO = _describe_chexbert_f1(14, "micro")
CHEXBERT_F1_14_MACRO = _describe_chexbert_f1(14, "macro")
CHEXBERT_F1_5_MICRO = _describe_chexbert_f1(5, "micro")
CHEXBERT_F1_5_MACRO = _describe_chexbert_f1(5, "macro")

FINERAD = Metric(
    id="finerad",
    title="FineRadScore",
    name="FineRadScore",
    definition=(
        "Line-by-line corrections that turn the prediction into the reference, each with a "
        "severity, as a language model lists them."
    ),
    citation="Huang et al., FineRadScore, MLHC 2024",
    high=None,
    direction="lower",
    needs=Needs(service="a language model behind an API"),
    method=Slot(reason=_API, remedy=_PUBLISHED),
)
CRIMSON = Metric(
    id="crimson",
    title="CRIMSON",
    name="CRIMSON",
    definition=(
        "False and missing findings and errors in attributes, weighed by clinical significance, "
        "as a language model finds them."
    ),
    citation="Baharoon et al., CRIMSON, arXiv 2603.06183, 2026",
    low=None,
    needs=Needs(service="a language model behind an API"),
    method=Slot(reason=_API, remedy=_PUBLISHED),
)
