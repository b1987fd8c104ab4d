"""RaTEScore's two models with a few thousand random parameters, of the published architectures."""

from __future__ import annotations

from pathlib import Path

KINDS = ("ABNORMALITY", "ANATOMY", "DISEASE", "NON-ABNORMALITY", "NON-DISEASE")
LABELS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))
CORPUS = (
    "The heart is normal in size. No pleural effusion or pneumothorax is seen.",
    "Small left basal atelectasis. Mild pulmonary edema has improved since the prior study.",
    "Focal consolidation in the right lower lobe, concerning for pneumonia.",
    "The lungs are clear. No acute osseous abnormality. Findings: Impression:",
)


def make_tagger(folder: Path) -> None:
    """Write a DeBERTa-v2 that tags tokens, with a SentencePiece tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import (
        DebertaV2Config,
        DebertaV2ForTokenClassification,
        DebertaV2TokenizerFast,
    )

    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    # Fixed pieces: the trainer would choose others in every run.
    words = sorted({word.strip(".,:") for text in CORPUS for word in text.split()})
    known = [(f"\u2581{word}", -5.0) for word in words[::2]]
    letters = sorted({letter for text in CORPUS for letter in text} - {" "})
    rare = [*((letter, -9.0) for letter in letters), ("\u2581", -9.0)]
    vocabulary = [*((name, 0.0) for name in special), *known, *rare]
    pieces = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    pieces.pre_tokenizer = pre_tokenizers.Metaspace()
    pieces.decoder = decoders.Metaspace()
    pieces.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer = DebertaV2TokenizerFast(tokenizer_object=pieces)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(11)
    network = DebertaV2ForTokenClassification(
        DebertaV2Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            relative_attention=True,
            position_buckets=8,
            max_relative_positions=-1,
            pos_att_type=["p2c", "c2p"],
            position_biased_input=False,
            type_vocab_size=0,
            id2label=dict(enumerate(LABELS)),
            label2id={label: number for number, label in enumerate(LABELS)},
        )
    )
    with torch.no_grad():
        network.classifier.weight.mul_(20)
    network.save_pretrained(folder)


def make_embedder(folder: Path) -> None:
    """Write an MPNet with a word-piece tokenizer."""
    import torch
    from transformers import MPNetConfig, MPNetModel, MPNetTokenizerFast

    folder.mkdir(parents=True)
    letters = "abcdefghijklmnopqrstuvwxyz.,:"
    words = sorted({word.strip(".,:").lower() for text in CORPUS for word in text.split()})
    special = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    pieces = [*special, *words, *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)) + "\n")
    tokenizer = MPNetTokenizerFast(vocab_file=str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(12)
    MPNetModel(
        MPNetConfig(
            vocab_size=len(tokenizer) + 8,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            initializer_range=0.4,
        )
    ).save_pretrained(folder)


def make_ratescore(folder: Path) -> None:
    """Write both models where the metric looks for them: `ner/` and `synonyms/`."""
    make_tagger(folder / "ner")
    make_embedder(folder / "synonyms")
