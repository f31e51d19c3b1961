"""What people, pranksters and broken programs put into fields: the catalogue every address has to survive."""

TEXTS = [
    "",
    " ",
    "\u3000",
    "\ufeff",
    "\u200b\u200c\u200d",
    "\u202e倒着写",
    "\ufffe",
    "a\0b",
    "\ud800",
    "字" * 100,
    "字" * 101,
    "x" * 100_000,
    "𠮷野家",
    "👨‍👩‍👧‍👦",
    "e\u0301\u0302\u0303" * 40,
    "阿卜杜拉·买买提",
    "阿卜杜拉‧买买提",
    "王",
    "长" * 30,
    "'\";--",
    "{{7*7}}",
    "{% raise %}",
    "%s%n%d",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    '=HYPERLINK("http://x")',
    "＝1+1",
    "\t=1",
    "a\r\nBcc: x@example.com",
    "line\nforged log line",
    "NULL",
    "None",
    "undefined",
    "true",
    "../../etc/passwd",
    "con.jpg",
    "%00",
    "//evil.example",
    "\\\\evil",
]
NUMBERS = [
    "-1",
    "0",
    "1",
    str(2**31),
    str(2**63),
    str(10**30),
    "1e309",
    "NaN",
    "Infinity",
    "0x1F",
    "1_000",
    "１２",
    "٣",
    "1,000",
    "½",
    "9" * 5000,
    "1.5",
    "+1",
]
DATES = [
    "2026-03-31",
    "2026-04-01",
    "2026-02-29",
    "2028-02-29",
    "2026-02-30",
    "0001-01-01",
    "1899-12-31",
    "1900-01-01",
    "9999-12-31",
    "2026-13-01",
    "24:00",
    "25:61",
    "2026/7/1",
    "二〇二六年七月一日",
    "1986-05-04 02:30",
    "9999-12-31T23:59:59-12:00",
    "2026-13",
    "0000-00",
]
PHONES = [
    "1380013800",
    "138001380000",
    "+8613800138000",
    "138 0013 8000",
    "138-0013-8000",
    "１３８００１３８０００",
    "13800138000\n",
    "021-55550100",
    "021-55550100-8",
    "11010519491231002X",
]
CURSORS = [
    "W10",
    "WyI-IiwxXQ",
    "WyI-IiwiMjAyNi0wMS0wMSIsMV0",
    "WyI-IiwiXHUwMDAwIiwxXQ",  # [">","\u0000",1]
    "WyI-IiwiXHVkODAwIiwxXQ",  # [">","\ud800",1]
    "WyI-IiwiMDAwMS0wMS0wMVQwMDowMDowMCswODowMCIsMV0",  # [">","0001-01-01T00:00:00+08:00",1]
    "====",
    "é",
    "[" * 5000,
]

# What a person would write into an empty field: some of it fits.
PLAUSIBLE = ["下周划线", "春申坊活动室", "13812342207", "12", "1", "2026-12-01", "14:00", "lead@example.cn", "yes"]

ALL = [*TEXTS, *NUMBERS, *DATES, *PHONES, *CURSORS]

# Fields no form has; sending them must change nothing.
FOREIGN_FIELDS = ["is_superuser", "team", "recorded_at", "score", "state", "status", "version", "id", "pk", "code"]
