"""Embeddings of reference texts on disk, so that the next submission finds them.

One file for each text, named by the text's hash, in a folder named by whatever else decides the
numbers. float32, as the encoder gives them: half precision moves BERTScore by up to 1e-4. A file
that is not whole or not the same bytes as were written counts as absent.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

import numpy as np

from bot.metrics.embedding.encoder import Embedding

HEADER = Struct("<8sIII")
"""Mark, tokens, width, CRC-32 of the numbers."""
MARK = b"rexrank1"


@dataclass(frozen=True)
class EmbeddingCache:
    """A folder of embeddings by one encoder; without a folder, none are kept."""

    folder: Path | None
    """Where they are."""

    @classmethod
    def open(cls, root: Path | None, parts: Iterable[str]) -> EmbeddingCache:
        """Return the cache under a folder for what decides the numbers, besides the texts.

        Args:
            root: Folder of all caches, None to keep nothing.
            parts: Hash of the weights, layer, device, versions of libraries.
        """
        name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
        return cls(None if root is None else root / "embeddings" / name)

    def path(self, text: str) -> Path | None:
        """Return where the embedding of a text is kept."""
        if self.folder is None:
            return None
        name = hashlib.sha256(text.encode()).hexdigest()
        return self.folder / name[:2] / name[2:]

    def recall(self, text: str) -> Embedding | None:
        """Return the embedding that is kept of a text, None when there is none."""
        path = self.path(text)
        try:
            data = bytearray(path.read_bytes() if path is not None else b"")
        except OSError:
            return None
        if len(data) < HEADER.size:
            return None
        mark, tokens, width, checksum = HEADER.unpack_from(data)
        body = memoryview(data)[HEADER.size :]
        whole = mark == MARK and len(body) == 4 * tokens * width and zlib.crc32(body) == checksum
        return np.frombuffer(body, "<f4").reshape(tokens, width) if whole else None

    def keep(self, text: str, embedding: Embedding) -> None:
        """Keep the embedding of a text, whole or not at all; a full disk is no failure."""
        path = self.path(text)
        if path is None:
            return
        body = np.ascontiguousarray(embedding, "<f4").tobytes()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(HEADER.pack(MARK, *embedding.shape, zlib.crc32(body)))
                    file.write(body)
                Path(partial).replace(path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise
        except OSError:
            return
