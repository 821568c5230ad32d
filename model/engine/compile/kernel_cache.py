"""Machine code of kernels on disk: verified by a checksum before Numba loads it, else compiled again.

Numba unpickles its files of machine code unchecked: a damaged one would end a run in a traceback, or run as
it is. Here each file begins with the hash of the rest. A file that cannot be read or kept costs time only.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from numba.core.base import BaseContext
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.dispatcher import Dispatcher
from numba.core.typing.templates import Signature

DIGEST = 32  # bytes
not_kept: list[str] = []
"""Reasons why machine code could not be kept, each once: it is then compiled at every start."""


class DamagedCacheError(OSError):
    """A file of machine code whose content is not what was written."""


class CheckedFiles(IndexDataCacheFile):
    """Numba's index and data files, each preceded by a hash; a damaged one counts as missing."""

    def _load_index(self) -> object:
        try:
            stream = io.BytesIO(_checked(Path(self._index_path)))
            if pickle.load(stream) != self._version:
                return {}
            stamp, found = pickle.load(stream)
        except OSError:
            return {}
        return found if stamp == self._source_stamp else {}

    def _save_index(self, overloads: object) -> None:
        content = pickle.dumps(self._version) + self._dump((self._source_stamp, overloads))
        self._put(self._index_path, content)

    def _load_data(self, name: str) -> object:
        return pickle.loads(_checked(Path(self._data_path(name))))

    def _save_data(self, name: str, data: object) -> None:
        self._put(self._data_path(name), self._dump(data))

    def _put(self, path: str, content: bytes) -> None:
        with self._open_for_write(path) as file:
            file.write(hashlib.blake2b(content, digest_size=DIGEST).digest() + content)


def _checked(path: Path) -> bytes:
    """Return the content of a file after its hash. Raise OSError if it cannot be read or is damaged."""
    whole = path.read_bytes()
    content = whole[DIGEST:]
    if hashlib.blake2b(content, digest_size=DIGEST).digest() != whole[:DIGEST]:
        raise DamagedCacheError(f"{path} is damaged")
    return content


class CheckedCache(FunctionCache):
    """Numba's cache of one function, on checked files; a failing file never fails the run."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        plain = self._cache_file
        self._cache_file = CheckedFiles(
            self._cache_path, plain._index_name.removesuffix(".nbi"), plain._source_stamp
        )

    def load_overload(self, sig: Signature, target_context: BaseContext) -> object:
        """Return the compiled function; None if it must be compiled."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # machine code of other library versions may raise anything
            return None

    def save_overload(self, sig: Signature, data: object) -> None:
        """Keep the compiled function if possible."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            note(f"{error.strerror or error} ({self._cache_path})")


def keep_machine_code(kernel: Dispatcher) -> None:
    """Let a kernel that is not yet compiled load its machine code from its cache folder and save it there."""
    try:
        kernel._cache = CheckedCache(kernel.py_func)  # type: ignore[attr-defined]
    except (RuntimeError, OSError) as error:  # no folder that can be written to
        note(" ".join(str(error).split()))


def is_kept(kernel: Dispatcher) -> bool:
    """Return whether machine code of a kernel is kept, for whichever types."""
    cache = kernel._cache  # type: ignore[attr-defined]
    return isinstance(cache, CheckedCache) and Path(cache._cache_file._index_path).exists()


def own_folder(wanted: Path) -> Path:
    """Return the folder, created if necessary; a temporary one if that fails or others may write to it.

    Its files are run as code, so they must come from this user alone.
    """
    try:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and wanted.stat().st_mode & stat.S_IWOTH:
            raise PermissionError(0, "other users may write to it, and its files are run as code")
    except OSError as error:
        note(f"{error.strerror} ({wanted})")
        return temporary_folder()
    return wanted


def temporary_folder() -> Path:
    """Return the temporary folder of this process, the same at every call."""
    if not _temporary:
        _temporary.append(tempfile.TemporaryDirectory(prefix="computeleap-", ignore_cleanup_errors=True))
    return Path(_temporary[0].name)


_temporary: list[tempfile.TemporaryDirectory[str]] = []


def note(reason: str) -> None:
    """Record why machine code could not be kept."""
    if reason not in not_kept:
        not_kept.append(reason)
