"""The variables a local start runs with. The real environment wins, then .env, then kept secrets, then our defaults."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools import ROOT

DEFAULTS = {"DEBUG": "1", "HTTPS": "0", "MANIFEST_STATIC": "1"}


def given_environment() -> dict[str, str]:
    return read_env_file(ROOT / ".env") | dict(os.environ)


def local_environment(given: Mapping[str, str], port: int) -> dict[str, str]:
    """Everything `config/settings.py` needs, for a site that only this machine can reach."""
    env = dict(given)
    var = Path(env.setdefault("VAR_DIR", str(ROOT / "var"))).resolve()
    kept = kept_secrets(var / "secrets")
    missing = {name: value for name, value in kept.items() if not is_given(name, env)}
    return DEFAULTS | {"SITE_URL": f"http://127.0.0.1:{port}"} | missing | env


def is_given(secret: str, env: Mapping[str, str]) -> bool:
    """A secret may come as itself, as a file's name, or, for the vault, as several keys."""
    return any(env.get(name) for name in (secret, f"{secret}_FILE", f"{secret}S"))


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; empty lines and those that start with # are skipped, quotes round a value are dropped."""
    if not path.exists():
        return {}
    values = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator or not name.strip().isidentifier():
            raise SystemExit(f"{path}, line {number}: write NAME=value, or # before a remark")
        values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of this folder's site, made at the first start and readable by nobody else."""
    known = read_env_file(path)
    missing = {name: value for name, value in _new_secrets().items() if name not in known}
    if missing:
        known |= missing
        _write_privately(path, "".join(f"{name}={value}\n" for name, value in known.items()))
    path.chmod(0o600)
    return known


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CODE_PEPPER": secrets.token_urlsafe(32),
        "VAULT_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
    }


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
