"""Move artifacts between the jobs of one run: the two stand-ins call this."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def upload(store: Path, workspace: Path) -> int:
    """Return 0 when the files were copied, 1 when there were none or the name is taken."""
    target = store / os.environ["NAME"]
    if target.exists() and os.environ["OVERWRITE"] != "true":
        print(f"Conflict: an artifact named {target.name} already exists", file=sys.stderr)
        return 1
    found = find_files(workspace, os.environ["FILES"].split("\n"), os.environ["HIDDEN"] == "true")
    if not found:
        print("No files were found with the provided path", file=sys.stderr)
        return 1 if os.environ["IF_NONE"] == "error" else 0
    shutil.rmtree(target, ignore_errors=True)
    for source, name in found.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / name)
    print(f"Artifact {target.name} has {len(found)} files")
    return 0


def find_files(workspace: Path, lines: list[str], hidden: bool) -> dict[Path, Path]:
    """Return file -> its place in the artifact: below the deepest folder that holds all."""
    patterns = [line.strip() for line in lines if line.strip()]
    roots: list[Path] = []
    files: list[Path] = []
    for pattern in patterns:
        matches = sorted(Path(workspace.anchor).glob(str(workspace / pattern).lstrip("/")))
        roots += [one if one.is_dir() else one.parent for one in matches]
        inside = [one.rglob("*") if one.is_dir() else iter([one]) for one in matches]
        files += [file for group in inside for file in group if file.is_file()]
    if not files:
        return {}
    root = Path(os.path.commonpath(roots))
    places = {file: file.relative_to(root) for file in files}
    return {
        file: place
        for file, place in places.items()
        if hidden or not any(part.startswith(".") for part in place.parts)
    }


def download(store: Path, workspace: Path) -> int:
    """Return 0 when the artifacts were copied, 1 when the one that was named does not exist."""
    folder = workspace / os.environ["FOLDER"]
    name = os.environ["NAME"]
    if name and not (store / name).is_dir():
        print(f"Artifact not found for name: {name}", file=sys.stderr)
        return 1
    wanted = [store / name] if name else sorted(store.glob(os.environ["PATTERN"] or "*"))
    flat = bool(name) or os.environ["MERGE"] == "true"
    for artifact in wanted:
        shutil.copytree(artifact, folder if flat else folder / artifact.name, dirs_exist_ok=True)
    print(f"Took {len(wanted)} artifacts")
    return 0


if __name__ == "__main__":
    places = Path(os.environ["STAND_IN_ARTIFACTS"]), Path(os.environ["GITHUB_WORKSPACE"])
    sys.exit(upload(*places) if sys.argv[1] == "upload" else download(*places))
