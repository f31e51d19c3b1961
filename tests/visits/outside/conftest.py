"""A real https server on this machine that behaves as badly as it is told to."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from visits.outside.door import Door

Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """`act` answers every request; `asked` is what was asked for."""

    port: int
    door: Door
    act: Act = field(default=lambda handler: None)
    asked: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/me.ics", host: str = "localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def quick(self) -> Door:
        return replace(self.door, seconds=0.5)


def answers(body: bytes, status: int = 200, **headers: str) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    found = builder.sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + found.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(certificate: Path, settings: Any) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            found.asked.append(self.path)
            try:
                found.act(self)
            except OSError:
                pass  # the other side has had enough, which is what the test is about

        def log_message(self, *args: object) -> None:
            """Nothing: the answers are what is looked at."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.handle_error = lambda *args: None  # type: ignore[method-assign]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    trusted = ssl.create_default_context(cafile=str(certificate))
    door = Door(is_public=lambda ip: True, look_up=lambda host, port: ["127.0.0.1"], tls=lambda: trusted)
    found = Server(http.server_port, door)
    settings.CALENDAR_HOSTS = [f"localhost:{found.port}"]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found
    found.stop.set()
    http.shutdown()
    http.server_close()
