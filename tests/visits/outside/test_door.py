"""Servers that are slow, large, elsewhere or inside: each has its sentence, none gets further."""

import gzip
import time
from dataclasses import replace

import pytest

from tests.visits.outside.conftest import answers
from visits.outside.address import checked
from visits.outside.door import Door, is_public
from visits.outside.trouble import NotRead, Trouble

SMALL = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def trouble_of(server, door=None, path="/me.ics"):
    with pytest.raises(NotRead) as refused:
        (door or server.door).get(checked(server.url(path)))
    return refused.value.trouble


def test_a_calendar_is_read(server):
    server.act = answers(SMALL)
    assert server.door.get(checked(server.url("/a?b=c"))) == SMALL
    assert server.asked == ["/a?b=c"]


def test_ten_megabytes_are_not_read(server):
    server.act = answers(b"x" * 10_000_000)
    assert trouble_of(server) == Trouble.LARGE


def test_exactly_one_megabyte_is(server):
    server.act = answers(b"x" * 1_000_000)
    assert len(server.door.get(checked(server.url()))) == 1_000_000


def test_a_calendar_that_breaks_off_is_not_taken_for_whole(server):
    server.act = answers(SMALL, Content_Length="500")
    assert trouble_of(server) == Trouble.UNREACHABLE


def test_what_is_packed_stays_packed(server):
    server.act = answers(gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
    assert trouble_of(server) == Trouble.PACKED


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/",
        "http://127.0.0.1/",
        "http://localhost/",
        "https://localhost/",  # another port
        "//evil.example.cn/",
        "file:///etc/passwd",
        "https://me@localhost/",
        "x" * 5000,
    ],
)
def test_nobody_sends_us_elsewhere(server, location):
    server.act = answers(b"", 302, Location=location)
    assert trouble_of(server) == Trouble.REDIRECT
    assert server.asked == ["/me.ics"]


def test_another_path_of_the_same_server_is_followed(server):
    def act(handler):
        answers(SMALL)(handler) if handler.path == "/new.ics" else answers(b"", 301, Location="/new.ics")(handler)

    server.act = act
    assert server.door.get(checked(server.url())) == SMALL


def test_a_ring_of_redirects_ends(server):
    server.act = answers(b"", 302, Location="/me.ics")
    assert trouble_of(server) == Trouble.REDIRECT
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 500])
def test_a_refusal_is_no_calendar(server, status):
    server.act = answers(b"", status)
    assert trouble_of(server) == Trouble.STATUS


def test_a_server_that_says_nothing_is_slow(server):
    server.act = lambda handler: server.stop.wait(5)
    begun = time.monotonic()
    assert trouble_of(server, server.quick()) == Trouble.SLOW
    assert time.monotonic() - begun < 4  # the server holds it for 5


def test_a_server_that_drips_is_slow(server):
    """Every byte comes in time, all of them together do not."""

    def act(handler):
        handler.send_response(200)
        handler.end_headers()
        while not server.stop.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    server.act = act
    begun = time.monotonic()
    assert trouble_of(server, server.quick()) == Trouble.SLOW
    assert time.monotonic() - begun < 20  # it would drip for ever


def test_a_name_server_that_never_answers_is_slow(server):
    door = replace(server.quick(), look_up=lambda host, port: server.stop.wait(5) and [])
    assert trouble_of(server, door) == Trouble.SLOW


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1%eth0"])
def test_a_name_that_leads_inwards_is_not_asked(server, ip):
    server.act = answers(SMALL)
    door = replace(server.door, is_public=is_public, look_up=lambda host, port: ["93.184.215.14", ip])
    assert trouble_of(server, door) == Trouble.PRIVATE
    assert server.asked == []


def test_the_machine_that_was_checked_is_the_one_that_is_asked(server):
    """The name server's second answer is never asked for."""
    asked = []

    def look_up(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    server.act = answers(SMALL)
    assert replace(server.door, look_up=look_up).get(checked(server.url())) == SMALL
    assert asked == ["localhost"]


def test_a_name_nobody_knows(server):
    def look_up(host, port):
        raise OSError("unknown")

    assert trouble_of(server, replace(server.door, look_up=look_up)) == Trouble.UNREACHABLE


def test_a_certificate_nobody_signed(server):
    server.act = answers(SMALL)
    assert trouble_of(server, replace(server.door, tls=Door().tls)) == Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("fd00::1", False),
    ],
)
def test_which_machines_are_on_the_open_internet(ip, public):
    assert is_public(ip) is public
