"""A RadGraph model of a few thousand parameters, in the layout of the published archives.

Run as a script by an interpreter that has radgraph: FOLDER radgraph|radgraph-xl.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WORDS = (
    "no small large left right acute focal pleural effusion pneumothorax consolidation edema heart "
    "lungs clear normal size is are the of with and mild bibasilar atelectasis opacity lobe lower "
    "upper . , : ( ) 1 2 none"
)
NER = ("ANAT-DP", "OBS-DP", "OBS-DA", "OBS-U")
RELATIONS = ("located_at", "modify", "suggestive_of")
HIDDEN = 32


def make_encoder(folder: Path) -> None:
    """Write the configuration and the tokenizer of a small BERT."""
    from transformers import BertConfig, BertTokenizerFast

    folder.mkdir(parents=True)
    vocabulary = folder / "vocab.txt"
    letters = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{a}" for a in "abcdefghijklmnopqrstuvwxyz")]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary.write_text("\n".join([*special, *dict.fromkeys([*WORDS.split(), *letters])]) + "\n")
    tokenizer = BertTokenizerFast(vocab_file=str(vocabulary), do_lower_case=True)
    tokenizer.save_pretrained(folder)
    BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    ).save_pretrained(folder)


def make_config(model_name: str) -> dict[str, object]:
    """Return the configuration that the published archives hold, with small sizes."""
    bert = {"type": "pretrained_transformer_mismatched", "model_name": model_name}
    return {
        "dataset_reader": {
            "type": "dygie",
            "max_span_width": 3,
            "token_indexers": {"bert": {**bert, "max_length": 512}},
        },
        "model": {
            "type": "dygie",
            "embedder": {"token_embedders": {"bert": {**bert, "max_length": 512}}},
            "initializer": {},
            "module_initializer": {},
            "feature_size": 4,
            "max_span_width": 3,
            "target_task": "relation",
            "feedforward_params": {"num_layers": 1, "hidden_dims": 16, "dropout": 0.4},
            "loss_weights": {"ner": 0.2, "relation": 1.0, "coref": 0.0, "events": 0.0},
            "modules": {
                "ner": {},
                "relation": {"spans_per_word": 0.5},
                "coref": {"spans_per_word": 0.3, "max_antecedents": 10, "coref_prop": 0},
                "events": {
                    "trigger_spans_per_word": 0.3,
                    "argument_spans_per_word": 0.8,
                    "loss_weights": {"trigger": 0.2, "arguments": 1.0},
                },
            },
        },
    }


def make_vocabulary(folder: Path, model: str) -> None:
    """Write the label files; the first line of each is the label of nothing."""
    folder.mkdir(parents=True)
    (folder / "non_padded_namespaces.txt").write_text("*tags\n*labels\n")
    (folder / f"{model}__ner_labels.txt").write_text("\n".join(["", *NER]) + "\n")
    (folder / f"{model}__relation_labels.txt").write_text("\n".join(["", *RELATIONS]) + "\n")


def make_radgraph(folder: Path, model: str = "radgraph") -> None:
    """Write a model with random weights that finds entities and relations in most texts.

    Args:
        folder: Where to; made.
        model: Name of the model, which the label files carry.
    """
    import torch
    from dotmap import DotMap
    from radgraph.allennlp.data import Vocabulary
    from radgraph.allennlp.modules.text_field_embedders import BasicTextFieldEmbedder
    from radgraph.allennlp.modules.token_embedders import PretrainedTransformerMismatchedEmbedder
    from radgraph.dygie.models.dygie import DyGIE

    make_encoder(folder / "encoder")
    make_vocabulary(folder / "vocabulary", model)
    config = make_config("hub/that-is-never-asked")
    (folder / "config.json").write_text(json.dumps(config))
    torch.manual_seed(4)
    embedder = PretrainedTransformerMismatchedEmbedder(str(folder / "encoder"), max_length=512)
    settings = DotMap(config).model
    for name in ("type", "embedder", "initializer", "module_initializer"):
        del settings[name]
    network = DyGIE(
        vocab=Vocabulary.from_files(str(folder / "vocabulary")),
        embedder=BasicTextFieldEmbedder({"bert": embedder}),
        **settings,
    )
    weights = network.state_dict()
    for name, tensor in weights.items():
        # Spread far around the null label, which scores 0: few spans are entities.
        if name.startswith("_ner._ner_scorers"):
            weights[name] = tensor * 6 if name.endswith("weight") else tensor - 2.5
    torch.save(weights, folder / "weights.th")


if __name__ == "__main__":
    make_radgraph(Path(sys.argv[1]), sys.argv[2])
