"""Invented reports: the same ones from the same seed, about as long and as alike as real ones."""

from __future__ import annotations

import random

SENTENCES = (
    "The heart is {size} in size.",
    "The cardiomediastinal silhouette is {size}.",
    "There is {amount} {side} pleural effusion.",
    "No pneumothorax is seen.",
    "No focal consolidation, effusion or pneumothorax.",
    "There is {amount} {texture} opacity in the {side} {lobe} lobe.",
    "The lungs are {clear}.",
    "Degenerative changes of the {spine} spine are {amount}.",
    "A {device} is in {place} position.",
    "The {side} hemidiaphragm is {raised}.",
    "Pulmonary vasculature is {size}.",
    "Interval {change} of the {side} {lobe} lobe {texture} opacity.",
    "Surgical clips project over the {side} {lobe} lobe.",
    "There is a {number} mm nodule in the {side} lung.",
    "Bony structures are intact.",
    "The trachea is midline.",
)
WORDS = {
    "size": ("normal", "mildly enlarged", "stable", "at the upper limits of normal", "enlarged"),
    "amount": ("no", "small", "moderate", "large", "trace", "mild", "unchanged"),
    "side": ("left", "right", "bilateral"),
    "texture": ("hazy", "patchy", "linear", "dense", "reticular"),
    "lobe": ("upper", "middle", "lower"),
    "clear": ("clear", "well expanded and clear", "hyperexpanded", "low in volume"),
    "spine": ("thoracic", "cervical", "lumbar"),
    "device": ("central venous catheter", "pacemaker", "tracheostomy tube", "nasogastric tube"),
    "place": ("standard", "unchanged", "satisfactory"),
    "raised": ("elevated", "flattened", "unremarkable"),
    "change": ("improvement", "worsening", "resolution", "development"),
    "number": ("4", "6", "8", "11"),
}
REPEATED_SHARE = 0.28
"""Share of the studies whose report is another one's, as on the IU X-ray test set."""


def make_reports(n: int, seed: int, *, sentences: tuple[int, int] = (4, 10)) -> dict[str, str]:
    """Return n reports by study id."""
    rng = random.Random(seed)
    reports: list[str] = []
    for _ in range(n):
        if reports and rng.random() < REPEATED_SHARE:
            reports.append(rng.choice(reports))
            continue
        chosen = (rng.choice(SENTENCES) for _ in range(rng.randint(*sentences)))
        fill = {name: "{" + name + "}" for name in WORDS}
        text = " ".join(chosen).format(**fill)
        while "{" in text:
            before, _, rest = text.partition("{")
            name, _, after = rest.partition("}")
            text = f"{before}{rng.choice(WORDS[name])}{after}"
        reports.append(text)
    return {f"s{number:06}": text for number, text in enumerate(reports)}


def make_pairs(
    n: int, *, sentences: tuple[int, int] = (4, 10)
) -> tuple[dict[str, str], dict[str, str]]:
    """Return predictions and references; half of a prediction's sentences are its reference's."""
    references = make_reports(n, 1, sentences=sentences)
    others = make_reports(n, 2, sentences=sentences)
    predictions = {}
    for study, reference in references.items():
        own, new = reference.split(". "), others[study].split(". ")
        predictions[study] = ". ".join((*own[: len(own) // 2], *new[: len(new) // 2 + 1]))
    return predictions, references
