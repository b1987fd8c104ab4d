"""A `docker` that runs the scorer as a process of this machine, with the container's view of it.

It mounts nothing: paths of the container in the command line and the environment are replaced by
the folders they stand for. What a hostile scorer does afterwards is a piece of Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.warm_program import PROGRAM, warm_python

CLIENT = """#!{python}
import csv, json, os, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, {checkout!r})
from tests.warm_program import WarmProcess

words = sys.argv[1:]
if words[0] == "image":
    print(json.dumps({{"Id": "sha256:" + "1" * 64, "RepoDigests": []}}))
if words[0] != "run":
    sys.exit(0)
places, given, rest = {{}}, {{}}, iter(words)
for word in rest:
    if word == "--mount":
        fields = next(csv.reader([next(rest)]))
        pairs = dict(field.split("=", 1) for field in fields if "=" in field)
        places[pairs["target"]] = pairs["source"]
    elif word == "--env":
        name, _, value = next(rest).partition("=")
        given[name] = value
    elif word.startswith("sha256:"):
        break
inside = [places.get(word, word) for word in rest]
environment = {{name: places.get(value, value) for name, value in given.items()}}
output, references = Path(places["/output"]), Path(places["/references"])
calls = Path({calls!r})
seen = json.loads(calls.read_text()) if calls.exists() else []
held = sorted(path.name.partition(".")[0] for path in references.iterdir())
seen.append({{"client": dict(os.environ), "container": given, "references": held}})
calls.write_text(json.dumps(seen))
# Without Java: METEOR takes longer to start than all else together.
environment |= {{"PATH": "/nowhere", "HOME": "/nowhere"}}
done = WarmProcess(inside, environment, {address!r})
said = "".join(done.communicate())
Path({log!r}).write_text(said)
print(said)
if done.returncode:
    sys.exit(done.returncode)
cards = {{path: json.loads(path.read_text()) for path in sorted(output.rglob("scorecard.json"))}}
texts = [
    study.get("findings", "")
    for path in sorted(references.glob("*.json"))
    for study in json.loads(path.read_text())["studies"].values()
]
{hook}
for path, card in cards.items():
    path.write_text(json.dumps(card))
"""


def write_client(folder: Path, hook: str = "") -> Path:
    """Write the client and return its folder, which goes in front of PATH.

    Args:
        folder: Where it lies; `calls.json` beside it tells how it was called, and `log` what
            was printed.
        hook: What happens after scoring. It sees `cards` (scorecards by path), `texts` (of the
            references), `output` and `references` (folders).
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = folder / "docker"
    client.write_text(
        CLIENT.format(
            python=sys.executable,
            calls=str(folder / "calls.json"),
            log=str(folder / "log"),
            address=warm_python(PROGRAM),
            checkout=str(Path(__file__).resolve().parents[2]),
            hook=hook,
        )
    )
    client.chmod(0o755)
    return folder
