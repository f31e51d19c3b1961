"""Only https, only servers the office has named."""

import pytest

from visits.outside.address import checked
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
