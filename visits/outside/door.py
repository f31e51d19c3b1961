"""One GET to a server somebody named: never inwards, never for long, never much.

The name is looked up once and the connection goes to the very machine that was checked, so a second
answer of the name server cannot lead elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from visits.outside.address import Address, checked
from visits.outside.trouble import NotRead, Trouble

MOST_HOPS = 3
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Manyi"}
THROUGH_TO_V4 = ipaddress.ip_network("64:ff9b::/96")


def look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(ip: str) -> bool:
    """Whether this machine stands on the open internet; addresses that wrap another one do not count as such."""
    found = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (found.sixtofour or found.teredo or found in THROUGH_TO_V4):
        return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True)
class Door:
    """The limits, and what tests put in the place of name server and open internet."""

    seconds: float = 5
    largest: int = 1_000_000
    look_up: Callable[[str, int], list[str]] = look_up
    is_public: Callable[[str], bool] = is_public
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def get(self, address: Address) -> bytes:
        """What stands there, or NotRead. All steps together take at most `seconds`."""
        end = time.monotonic() + self.seconds
        try:
            for _hop in range(MOST_HOPS):
                answer = self._ask(address, end)
                _left(end)  # a connection that was cut off ends like one that is complete
                if isinstance(answer, bytes):
                    return answer
                address = answer
        except NotRead:
            raise
        except (OSError, http.client.HTTPException, ValueError):
            raise NotRead(Trouble.SLOW if time.monotonic() >= end else Trouble.UNREACHABLE) from None
        raise NotRead(Trouble.REDIRECT)

    def _ask(self, address: Address, end: float) -> bytes | Address:
        """The content, or where on the same server it is."""
        ip = self._machine_of(address, end)
        connection = _Pinned(address, ip, tls=self.tls(), timeout=_left(end))
        try:
            with connection.cut_off(end):
                connection.request("GET", address.target, headers=HEADERS)
                with connection.getresponse() as response:
                    return self._read(response, address)
        finally:
            connection.close()

    def _machine_of(self, address: Address, end: float) -> str:
        """All machines behind the name must be public; the name server has no longer than the rest."""
        found: list[list[str]] = []
        asking = threading.Thread(target=lambda: found.append(self._names(address)), daemon=True)
        asking.start()
        asking.join(_left(end))
        if not found:
            raise NotRead(Trouble.SLOW)
        if not found[0]:
            raise NotRead(Trouble.UNREACHABLE)
        if not all(self.is_public(ip) for ip in found[0]):
            raise NotRead(Trouble.PRIVATE)
        return found[0][0]

    def _names(self, address: Address) -> list[str]:
        try:
            return self.look_up(address.host, address.port)
        except OSError:
            return []

    def _read(self, response: http.client.HTTPResponse, address: Address) -> bytes | Address:
        if response.status in REDIRECTS:
            return _elsewhere(address, response.getheader("Location", ""))
        if response.status != http.client.OK:
            raise NotRead(Trouble.STATUS)
        if response.getheader("Content-Encoding", "identity").lower() != "identity":
            raise NotRead(Trouble.PACKED)
        content = response.read(self.largest + 1)
        if len(content) > self.largest:
            raise NotRead(Trouble.LARGE)
        if response.length:  # announced, and never came
            raise NotRead(Trouble.UNREACHABLE)
        return content


class _Pinned(http.client.HTTPSConnection):
    """Connects to the machine that was checked and expects the certificate of the name."""

    def __init__(self, address: Address, ip: str, *, tls: ssl.SSLContext, timeout: float) -> None:
        super().__init__(address.host, address.port, timeout=timeout, context=tls)
        self._ip, self._tls = ip, tls
        self._line: socket.socket | None = None

    def connect(self) -> None:
        raw = socket.create_connection((self._ip, self.port), self.timeout)
        self._line = raw.dup()
        self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)

    @contextmanager
    def cut_off(self, end: float) -> Iterator[None]:
        """Ends the connection at that moment: a server that sends a byte now and then would never time out."""
        timer = threading.Timer(_left(end), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if self._line:
                self._line.close()

    def _cut(self) -> None:
        if self._line:
            try:
                self._line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # over already


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise NotRead(Trouble.SLOW)
    return left


def _elsewhere(address: Address, location: str) -> Address:
    try:
        there = checked(urljoin(address.url, location), [address.host])
    except NotRead:
        raise NotRead(Trouble.REDIRECT) from None
    if (there.host, there.port) != (address.host, address.port):
        raise NotRead(Trouble.REDIRECT)
    return there
