"""What `make` runs: a start that is refused says why, secrets stay private, the sprite is complete."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import env_redis
from tests.services import forget_foreign
from tools import ROOT
from tools.environment import kept_secrets, local_environment, read_env_file
from tools.icons import NAMES, SPRITE, attributes, names_in, sprite
from tools.lock import TELLTALES
from tools.redis import RedisServer

BELL = {"bell": [["path", {"d": "M1 1h2", "fill": "currentColor"}]]}


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def refused_start(port: str) -> str:
    """The one line with which the start was refused."""
    run = subprocess.run(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    (line,) = run.stderr.splitlines()
    return line


def test_start_on_a_taken_port_says_so_and_what_to_type(taken_port: int) -> None:
    assert refused_start(str(taken_port)) == (
        f"Port {taken_port} is taken by another program."
        f" Stop that one or choose another port: PORT={taken_port + 1} make run"
    )


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1", "８０００"])
def test_start_on_no_port_at_all_says_what_to_type(port: str) -> None:
    assert refused_start(port) == f"PORT={port} is not a port. Write a number from 1024 to 65535: PORT=8001 make run"


def test_env_file_reads_values_and_skips_remarks(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# remark\n\nA=1\nexport B = two words \nC='quoted=#value'\nD=\n")
    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "quoted=#value", "D": ""}


def test_env_file_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\nno equals sign\n")
    with pytest.raises(SystemExit, match=r"line 2: write NAME=value"):
        read_env_file(file)


def test_env_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


def test_secrets_are_made_once_and_are_private(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets"
    first = kept_secrets(file)
    assert sorted(first) == ["CODE_PEPPER", "SECRET_KEY", "VAULT_KEY"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_secrets(file) == first


def test_secrets_open_to_others_are_closed_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    kept_secrets(file)
    file.chmod(0o644)
    kept_secrets(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_local_environment_prefers_what_is_given(tmp_path: Path) -> None:
    env = local_environment({"VAR_DIR": str(tmp_path), "DEBUG": "0", "SECRET_KEY": "mine"}, port=8001)
    assert (env["DEBUG"], env["SECRET_KEY"], env["SITE_URL"]) == ("0", "mine", "http://127.0.0.1:8001")


@pytest.mark.parametrize("name", ["VAULT_KEY", "VAULT_KEY_FILE", "VAULT_KEYS"])
def test_local_environment_adds_no_vault_key_beside_a_given_one(tmp_path: Path, name: str) -> None:
    env = local_environment({"VAR_DIR": str(tmp_path), name: "mine"}, port=8000)
    assert {key: value for key, value in env.items() if key.startswith("VAULT_KEY")} == {name: "mine"}


def test_redis_of_our_own_leaves_nothing_behind() -> None:
    with RedisServer() as redis:
        home = Path(redis.url.removeprefix("unix://")).parent
        assert home.stat().st_mode & 0o077 == 0
    assert not home.exists()


def test_redis_with_data_keeps_its_queue_over_restarts(tmp_path: Path) -> None:
    for _ in range(2):
        with RedisServer(data=tmp_path / "redis"):
            assert (tmp_path / "redis/appendonlydir").is_dir()


def test_sprite_leaves_colour_and_stroke_to_the_style_sheet() -> None:
    assert '<symbol id="bell" viewBox="0 0 24 24"><path d="M1 1h2" fill="currentColor"/></symbol>' in sprite(
        ["bell"], BELL
    )


def test_sprite_refuses_a_name_that_does_not_exist() -> None:
    with pytest.raises(SystemExit, match=r"does not have: bel$"):
        sprite(["bell", "bel"], BELL)


def test_sprite_escapes_values() -> None:
    assert attributes({"d": 'a"<b'}) == """ d='a"&lt;b'"""


def test_served_sprite_holds_every_icon_named() -> None:
    assert set(names_in(NAMES)) - set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text())) == set()


def test_icon_names_are_sorted_and_unique() -> None:
    names = names_in(NAMES)
    assert names == sorted(set(names))


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_requirements_are_pinned_with_hashes(lock: Path) -> None:
    text = lock.read_text()
    pins = re.findall(r"^[a-z0-9][^\s]*==", text, re.MULTILINE)
    assert pins
    assert len(re.findall(r"==[^\\]+\\\n    --hash=sha256:", text)) == len(pins)


@pytest.mark.parametrize(
    "lock",
    [*sorted(ROOT.glob("requirements*.txt")), ROOT / "package-lock.json", ROOT / "tools/chromium/package-lock.json"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_locks_name_no_registry_and_no_machine(lock: Path) -> None:
    assert [word for word in TELLTALES if word in lock.read_text()] == []


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tools/chromium"], ids=lambda path: path.name)
def test_packages_ask_for_exact_versions(folder: Path) -> None:
    package = json.loads((folder / "package.json").read_text())
    versions = {**package["dependencies"], **package.get("devDependencies", {})}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_env_example_explains_every_variable_the_settings_read() -> None:
    read = {
        name for file in (ROOT / "config").glob("*.py") for name in re.findall(r'env_\w+\("(\w+)"', file.read_text())
    }
    explained = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - explained == set()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ""),
        ("redis://cache:6379", "redis://cache:6379"),
        ("redis://:secret@cache:6379/0", "redis://:secret@cache:6379"),
        ("rediss://cache:6379/?ssl_cert_reqs=none&db=0", "rediss://cache:6379?ssl_cert_reqs=none"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock"),
    ],
)
def test_redis_is_a_server_and_the_settings_choose_the_database(
    monkeypatch: pytest.MonkeyPatch, given: str, read: str
) -> None:
    monkeypatch.setenv("REDIS_URL", given)
    assert env_redis("REDIS_URL") == read


@pytest.mark.parametrize("given", ["redis://cache:6379/2", "unix:///run/redis.sock?db=2"])
def test_redis_with_a_database_of_its_own_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("REDIS_URL", given)
    with pytest.raises(ImproperlyConfigured, match="database 2"):
        env_redis("REDIS_URL")


def test_no_variable_of_a_developer_changes_what_is_tested() -> None:
    mine = {"EMAIL_HOST": "mail", "MEDIA_ROOT": "/home", "SECRET_KEY_FILE": "/key", "PG_BINDIR": "/pg", "PATH": "/bin"}
    forget_foreign(mine)
    assert mine == {"PG_BINDIR": "/pg", "PATH": "/bin"}
