"""Files by the SHA-256 of what is in them; a name that someone gave is never a path.

Says nothing of what a file is for: the row in `artifacts` is the caller's, written afterwards.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from store.errors import NotFound

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Artifacts:
    """A folder of files, each kept once, readable as soon as `put` returned, until forgotten.

    `mode` is that of each file: a copy of everything is for nobody else to read.
    """

    def __init__(self, root: Path, mode: int = 0o644) -> None:
        self.root = root
        self.mode = mode
        root.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes | Path, media_type: str) -> str:
        """Keep `data` (bytes, or a file to copy) and return its sha256; repeats are harmless.

        The file is on disk under its final name when this returns. `media_type` goes into the
        caller's row; an object store will want it here too.
        """
        handle, aside = tempfile.mkstemp(dir=self.root, prefix=".aside-")
        try:
            with os.fdopen(handle, "wb") as out:
                if isinstance(data, bytes):
                    out.write(data)
                else:
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
            with Path(aside).open("rb") as written:
                sha = hashlib.file_digest(written, "sha256").hexdigest()
            target = self.path(sha)
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                Path(aside).chmod(self.mode)
                Path(aside).replace(target)
                sync_folder(target.parent)
                sync_folder(self.root)
            return sha
        finally:
            Path(aside).unlink(missing_ok=True)

    def path(self, sha: str) -> Path:
        """Where the file of this hash is, or would be."""
        if not is_sha256(sha):
            raise NotFound("artifact-not-found", "There is no such file.")
        return self.root / sha[:2] / sha

    def read(self, sha: str) -> bytes:
        """The bytes of an artifact; raise NotFound if it is not kept."""
        try:
            return self.path(sha).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("artifact-not-found", "There is no such file.") from error

    def forget(self, sha: str) -> None:
        """Remove a file that nothing names any more; harmless to repeat.

        Ask that, and name files, in transactions that write: of those there is one at a time.
        """
        self.path(sha).unlink(missing_ok=True)

    def exists(self, sha: str) -> bool:
        """Whether the file is kept."""
        return self.path(sha).exists()


def is_sha256(text: str) -> bool:
    """Whether this is the name of an artifact."""
    return _SHA256.fullmatch(text) is not None


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
