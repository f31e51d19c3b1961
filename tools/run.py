"""`make run`: the whole site in one terminal: queue, web server, worker and scheduler. Ctrl-C stops all of it."""

import fcntl
import http.client
import os
import re
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import IO, NoReturn

from tools import ROOT
from tools.environment import given_environment, local_environment
from tools.processes import Child
from tools.redis import RedisServer

HOST = "127.0.0.1"
# Celery warns of root even where it takes only JSON, which is what we send.
PYTHON = [sys.executable, "-W", "ignore:You're running the worker", "-m"]
SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 10


class Stopped(Exception):
    """Somebody asked us to stop, or one of ours ended; the text says which, and is empty when asked."""


class Site:
    """All processes of one running site, started in order and stopped together."""

    def __init__(self, env: dict[str, str], port: int) -> None:
        self.env = env
        self.var = Path(env["VAR_DIR"])
        self.port = port
        self.stopping = threading.Event()
        self.redis: RedisServer | None = None
        self.children: list[Child] = []

    def start(self) -> None:
        if not self.env.get("REDIS_URL"):
            self.redis = RedisServer(data=self.var / "redis").start()
            self.env["REDIS_URL"] = self.redis.url
        self.finish("preparing", "tools.prepare")
        refuse_taken_port(self.port)
        self.spawn("web", *gunicorn(self.port))
        self.wait_for_answer()  # before the others start, so that people wait only for what they see
        self.spawn("worker", *celery("worker", "--pool", "threads", "--concurrency", "4"))
        self.spawn("scheduler", *celery("beat"))

    def spawn(self, name: str, *command: str) -> Child:
        child = Child(name, [*PYTHON, *command], env=self.env)
        self.children.append(child)
        return child

    def finish(self, name: str, *command: str) -> None:
        """Run it to its end."""
        child = self.spawn(name, *command)
        while child.status is None:
            self.pause(0.05)
        self.children.remove(child)
        if child.status:
            raise Stopped(f"{name} failed with status {child.status}; its own words are above")

    def pause(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise Stopped

    def wait_for_answer(self) -> None:
        for _ in range(SECONDS_TO_ANSWER * 5):
            if answers(self.port):
                return
            self.watch_once(0.2)
        raise Stopped(f"the web server did not answer within {SECONDS_TO_ANSWER} seconds")

    def watch_once(self, seconds: float) -> None:
        for child in self.children:
            if child.status is not None:
                raise Stopped(f"{child.name} ended with status {child.status}")
        self.pause(seconds)

    def watch(self) -> NoReturn:
        while True:
            self.watch_once(0.5)

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(SECONDS_TO_STOP)
        if self.redis:
            self.redis.stop()


def gunicorn(port: int) -> list[str]:
    size = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    manners = ["--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"]
    return ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", *size, *manners]


def celery(*command: str) -> list[str]:
    return ["celery", "--quiet", "--app", "config", *command, "--loglevel", "WARNING"]


def answers(port: int) -> bool:
    """Any answer will do: a site that says what is wrong with it is up."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def chosen_port(given: dict[str, str]) -> int:
    text = given.get("PORT") or "8000"
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT={text} is not a port. Write a number from 1024 to 65535: PORT=8001 make run")
    return int(text)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise SystemExit(f"Port {port} is not open to you. Choose another one: PORT=8001 make run") from None
        except OSError:
            raise SystemExit(
                f"Port {port} is taken by another program. Stop that one or choose another port: PORT={port + 1} make run"
            ) from None


def only_one_here(var: Path) -> IO[str]:
    """Two sites on one folder would share a queue and send every reminder twice."""
    lock = (var / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit("The site of this folder runs already. Stop it first: Ctrl-C in its terminal.") from None
    return lock


def welcome(site: Site) -> str:
    accounts = (site.var / "sign-ins.txt").read_text()
    return f"\n{accounts}\nManyi is ready at http://{HOST}:{site.port}/  (Ctrl-C stops it)\n"


def say(text: str) -> None:
    """Print, also when the terminal has been closed meanwhile."""
    try:
        print(text, flush=True)
    except OSError:
        pass


def serve(site: Site) -> int:
    """Start, say so, and stay until somebody stops us; the answer is our exit status."""
    try:
        site.start()
        say(welcome(site))
        site.watch()
    except Stopped as reason:
        trouble = str(reason)
    finally:
        site.stop()
    say(f"Stopped, because {trouble}." if trouble else "Stopped.")
    return 1 if trouble else 0


def main() -> int:
    os.chdir(ROOT)
    given = given_environment()
    port = chosen_port(given)
    site = Site(local_environment(given, port), port)
    with only_one_here(site.var):
        refuse_taken_port(port)
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asked, lambda *_: site.stopping.set())
        return serve(site)


if __name__ == "__main__":
    sys.exit(main())
