"""Uploaded files between the check and the import: sealed, each person's own, and gone after two hours.

They lie beside the photos, in the folder that all web machines share; nothing of it is served but by views that ask.
"""

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography.fernet import InvalidToken
from django.conf import settings

from core.sealing import key_ring
from programmes.imports.run import File

KEPT_FOR = timedelta(hours=2)
ABOUT = "about"


@dataclass(frozen=True)
class Upload:
    """A folder with a name nobody can guess; what is in it can only be read with the keys of the vault."""

    token: str
    owner_id: int
    at: datetime
    names: list[str]
    sizes: list[int]

    @classmethod
    def keep(cls, files: Sequence[File], *, owner_id: int, at: datetime) -> Self:
        """Somebody's newest upload takes the place of the one before."""
        sweep(at, owner_id=owner_id)
        sizes = [len(file.content) if file.size is None else file.size for file in files]
        upload = cls(secrets.token_urlsafe(24), owner_id, at, [file.name for file in files], sizes)
        upload.folder.mkdir(mode=0o700, parents=True)
        for n, file in enumerate(files):
            upload._write(str(n), file.content)
        about = {"owner": owner_id, "at": at.isoformat(), "names": upload.names, "sizes": sizes}
        upload._write(ABOUT, json.dumps(about).encode())
        return upload

    @classmethod
    def find(cls, token: str, *, owner_id: int, at: datetime) -> Self | None:
        """The person's own upload, unless it is too old."""
        upload = cls._open(_folder() / token)
        if upload is None or upload.owner_id != owner_id or upload.is_over(at):
            return None
        return upload

    @classmethod
    def _open(cls, folder: Path) -> Self | None:
        try:
            about = json.loads(key_ring().decrypt((folder / ABOUT).read_bytes()))
        except (OSError, InvalidToken, ValueError):
            return None
        return cls(folder.name, about["owner"], datetime.fromisoformat(about["at"]), about["names"], about["sizes"])

    @property
    def folder(self) -> Path:
        return _folder() / self.token

    def is_over(self, at: datetime) -> bool:
        return at - self.at > KEPT_FOR

    def files(self) -> list[File]:
        contents = (key_ring().decrypt((self.folder / str(n)).read_bytes()) for n in range(len(self.names)))
        return [File(name, content, size) for name, content, size in zip(self.names, contents, self.sizes, strict=True)]

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(key_ring().encrypt(content))


def sweep(at: datetime, *, owner_id: int | None = None) -> int:
    """Remove what is too old or cannot be read any more, and everything of one person if asked. Says how many."""
    gone = 0
    for folder in _folders():
        upload = Upload._open(folder)
        if upload is None or upload.is_over(at) or upload.owner_id == owner_id:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _folders() -> Iterator[Path]:
    return (path for path in _folder().iterdir() if path.is_dir()) if _folder().exists() else iter(())


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"
