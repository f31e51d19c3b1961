"""Only https, only servers the office has named."""

import pytest

from visits.outside.address import checked, host_in
from visits.outside.trouble import NotRead, Trouble


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.CALENDAR_HOSTS = ["calendar.example.cn", ".icloud.com", "localhost:8443"]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://calendar.example.cn/a/b.ics?key=1", "https://calendar.example.cn/a/b.ics?key=1"),
        (" webcal://p01-caldav.icloud.com/published/2/x ", "https://p01-caldav.icloud.com/published/2/x"),
        ("https://CALENDAR.example.cn.:443", "https://calendar.example.cn/"),
        ("https://localhost:8443/x#part", "https://localhost:8443/x"),
    ],
)
def test_addresses_on_the_list(typed, url):
    assert checked(typed).url == url


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.cn/",
        "https://evilcalendar.example.cn/",
        "https://calendar.example.cn.evil.cn/",
        "https://icloud.com.evil.cn/",
        "https://evilicloud.com/",
        "https://calendar.example.cn:8443/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_other_servers_are_refused(typed):
    with pytest.raises(NotRead) as refused:
        checked(typed)
    assert refused.value.trouble == Trouble.HOST


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "calendar.example.cn/a.ics",
        "http://calendar.example.cn/a.ics",
        "file:///etc/passwd",
        "https://me:secret@calendar.example.cn/",
        "https://calendar.example.cn@evil.cn/",
        "https://calendar.example.cn:99999/",
        "https://[::1/",
        "https://calendar.example.cn/a b",
        "https://calendar.example.cn/\r\nHost: evil",
        "https://日历.cn/",
        "https://calendar.example.cn/" + "a" * 1000,
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(NotRead) as refused:
        checked(typed)
    assert refused.value.trouble == Trouble.ADDRESS


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("cal.example.org", "cal.example.org"),
        (" ＣＡＬ．example.org. ", "cal.example.org"),
        ("https://cal.example.org/me/secret.ics?key=1", "cal.example.org"),
        ("webcal://cal.example.org:443/x", "cal.example.org"),
        ("日历.example.org", "xn--jmr704b.example.org"),
    ],
)
def test_the_name_of_a_server_is_taken_from_what_was_typed(typed, host):
    assert host_in(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "localhost",
        "calendar",
        "box.localhost",
        "server.local",
        "cal.internal",
        "printer.lan",
        "1.0.0.127.in-addr.arpa",
        "127.0.0.1",
        "10.1",
        "2130706433",
        "0x7f.0x1",
        "https://192.168.1.1/a.ics",
        "[::1]",
        "https://[fe80::1]/",
        "cal.example.org:8443",
        ".example.org",
        "*.example.org",
        "-a.example.org",
        "cal..example.org",
        "cal_1.example.org",
        "cal.example.org evil.org",
        "a." * 100 + "org",
        "x" * 64 + ".org",
    ],
)
def test_what_is_no_name_of_a_public_server_is_refused(typed):
    assert host_in(typed) == ""


def test_a_server_the_administrator_named_may_be_asked_on_the_usual_port_only():
    assert checked("https://cal.example.org/a.ics", ["cal.example.org"]).host == "cal.example.org"
    for typed in ("https://cal.example.org:8443/a.ics", "https://evil.cal.example.org/", "https://example.org/"):
        with pytest.raises(NotRead):
            checked(typed, ["cal.example.org"])
