"""A commit in the words of `git fast-import`: one process, however many files it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Content = str | bytes | tuple[str, bytes] | None
"""A file's text or bytes, (mode, bytes) for other modes than 100644, or None to remove it."""

NO_REF = "refs/none"
"""Stands for the branch of a commit that none is to have; it is gone before git looks."""
MARK = ":1"


def write_stream(
    files: Mapping[str, Content],
    parents: Sequence[str],
    message: str,
    who: str,
    *,
    ref: str | None = None,
    tree: str | None = None,
) -> bytes:
    """Return what makes fast-import write a commit and say its name.

    Args:
        files: path -> new content, or None to remove the path.
        parents: commits; what is changed is the first one's tree.
        message: the commit message.
        who: author and committer, as a commit has them: name, address and time.
        ref: is moved to the new commit.
        tree: the name of a tree that is changed instead of the first parent's.

    Source: git-fast-import(1).
    """
    name = ref or NO_REF
    lines = [f"commit {name}\nmark {MARK}\nauthor {who}\ncommitter {who}\n".encode()]
    lines.append(_data(message.encode().rstrip(b"\n") + b"\n"))
    lines += [f"from {parent}\n".encode() for parent in parents[:1]]
    lines += [f"merge {parent}\n".encode() for parent in parents[1:]]
    if tree is not None:
        lines.append(f'M 040000 {tree} ""\n'.encode())
    for path, content in files.items():
        lines += _change(path, content)
    if ref is None:
        lines.append(f"reset {name}\nfrom {'0' * 40}\n\n".encode())
    return b"".join((*lines, f"get-mark {MARK}\n".encode()))


def _change(path: str, content: Content) -> list[bytes]:
    quoted = '"{}"'.format(path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
    if content is None:
        return [f"D {quoted}\n".encode()]
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    text = data.encode() if isinstance(data, str) else data
    return [f"M {mode} inline {quoted}\n".encode(), _data(text)]


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)
