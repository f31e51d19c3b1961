"""A small district in five workbooks that are right, and every way in which one of them can be wrong.

The table at the end is the whole truth: what is done to the right workbooks, and the place and sentence that follow.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook

from programmes.imports.run import File

Rows = list[list[Any]]
Book = dict[str, Rows]
Books = dict[str, Book]

UNITS, AREAS, TEAMS, LEDGER, BUSY = (
    "01_units.xlsx",
    "02_areas.xlsx",
    "03_teams.xlsx",
    "04_ledger_2026q2.xlsx",
    "05_busy_times.csv",
)
ROSTER = [
    "团队编号",
    "居民区",
    "结对单位",
    "带队领导",
    "职务",
    "手机",
    "党代表",
    "手机",
    "人大代表",
    "手机",
    "政协委员",
    "手机",
    "律师",
    "律师事务所",
    "手机",
]


def good() -> Books:
    """Five units, three areas, three teams, three ledger rows, two busy times. Typed as offices type."""
    return {
        UNITS: {
            "单位": [
                ["汇宁区走访行动参与单位"],
                ["单位", "类型", "联系人", "联系电话"],
                ["领导小组办公室", "办公室", "彭萍", "021-5555 0100"],
                ["长堤街道", "街道", "侯鹏瑞", "１９９７４８８３２８４"],
                ["荷塘镇", "镇", "江\u3000明", 19990504239],
                ["区科委", "区级机关", "武轩佳", "199-7593-8641"],
                ["区房管局", "区级机关", "万雨娜 ", "199 0897 5635"],
            ],
            "职责清单": [
                ["问题类别", "职能部门", "依据", "一般事项（工作日）", "复杂事项（工作日）"],
                ["物业管理", "区房管局", "物业管理职责清单第 1 项", 15, 30],
            ],
            "节假日": [
                ["日期", "类型", "说明"],
                [date(2026, 10, 1), "放假", "国庆节"],
                [date(2026, 10, 10), "上班", "国庆节调休"],
            ],
        },
        AREAS: {
            "居民区": [
                ["汇宁区居民区一览（3 个）"],
                ["街镇", "居民区", "户数", "居民区书记", "书记手机", "会场"],
                ["长堤街道", "春申坊居民区", 1853, "王秀珍", "19910000001", "春申坊活动室"],
                [None, "望潮苑", "1,200", "韩\u3000鑫", 19910000002, None],
                ["荷塘镇", "荷塘里居民区", 900, "阎秋丽", "19910000003", "荷塘里活动室"],
                ["合计", "3 个", 3953],
            ],
        },
        TEAMS: {
            "长堤街道": [
                ["长堤街道走访团队名册（2026年）"],
                list(ROSTER),
                team(1, "春申坊居民区", "区科委"),
                [],
                team(2, "望潮苑居民区", "区房管局", cppcc="暂缺"),
                ["合计 2 个团队"],
            ],
            "荷塘镇": [["荷塘镇走访团队名册（2026年）"], list(ROSTER), team(3, "荷塘里居民区", "区科委")],
        },
        LEDGER: {
            "台账": [
                ["汇宁区走访问题台账（2026年第二季度）"],
                [
                    "编号",
                    "街镇",
                    "居民区",
                    "反映的问题",
                    "类别",
                    "解决层级",
                    "承办单位",
                    "提出日期",
                    "办理情况",
                    "办结日期",
                    "反映人",
                    "联系电话",
                ],
                [
                    "26Q2-0001",
                    "长堤街道",
                    "春申坊居民区",
                    "楼道灯坏了",
                    "物业管理",
                    "结对单位",
                    "区科委",
                    date(2026, 4, 9),
                    "已解决",
                    date(2026, 4, 15),
                    None,
                    None,
                ],
                [
                    "26Q2-0002",
                    "长堤街道",
                    "望潮苑居民区",
                    "西门外违停",
                    "停车难",
                    "街道",
                    "长堤街道",
                    "2026/4/7",
                    "办理中",
                    None,
                    "卢静",
                    "19911351510",
                ],
                [
                    "26Q2-0003",
                    "荷塘镇",
                    "荷塘里居民区",
                    "垃圾没人清理",
                    "环境卫生",
                    "区职能部门",
                    "区房管局",
                    "4月8日",
                    "已解释",
                    "2026年5月18日",
                    None,
                    None,
                ],
            ],
        },
        BUSY: {
            "": [
                ["姓名", "手机", "日期", "时段", "事由"],
                ["带队1", phone(1, 0), "2026-10-08", "全天", "出差"],
                ["带队2", phone(2, 0), "10月9日", "晚间", ""],
            ],
        },
    }


def phone(number: int, seat: int) -> str:
    return f"1997000{number:02d}{seat:02d}"


def team(number: int, area: str, unit: str, cppcc: str = "") -> list[Any]:
    people = [f"{seat}{number}" for seat in ("带队", "党代", "人大", "政协", "律师")]
    numbers = [phone(number, seat) for seat in range(5)]
    if cppcc:
        people[3], numbers[3] = cppcc, ""
    lead, party, npc, four, lawyer = people
    return [
        f"第{number}团队",
        area,
        unit,
        lead,
        "局长",
        numbers[0],
        party,
        numbers[1],
        npc,
        numbers[2],
        four,
        numbers[3],
        lawyer,
        "天衡律师事务所",
        numbers[4],
    ]


def workbook(book: Book, hidden: str = "") -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in book.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def text(rows: Rows, encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(str(value) for value in row) for row in rows).encode(encoding)


def file(name: str, book: Book) -> File:
    return File(name, text(book[""]) if name.endswith(".csv") else workbook(book))


def files(books: Books) -> list[File]:
    return [file(name, book) for name, book in books.items()]


# -- What a file can be instead of a workbook ---------------------------------------------------


def ole(stream: str) -> bytes:
    """The container of old and of protected workbooks, with the name of the stream that tells them apart."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    """A few kilobytes that unpack to a hundred megabytes."""
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": bytes(100 * 1024 * 1024),
        }
    )


def truncated() -> bytes:
    whole = workbook(good()[AREAS])
    return whole[: len(whole) // 2]


def damaged() -> bytes:
    return _edited(workbook(good()[AREAS]), lambda xml: xml[: len(xml) // 2])


def with_formula(stored: str = "") -> bytes:
    """The households of the first area as a formula, with or without the result that Excel stores beside it."""
    book = good()[AREAS]
    book["居民区"][2][2] = "=1000+853"
    whole = workbook(book)
    return (
        _edited(whole, lambda xml: re.sub(rb"</f><v ?/?>(</v>)?", b"</f><v>%s</v>" % stored.encode(), xml))
        if stored
        else whole
    )


def _edited(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts = {name: change(part) if name.startswith("xl/worksheets/sheet") else part for name, part in parts.items()}
    return zipped(parts)


def with_entity() -> bytes:
    """A workbook whose XML declares entities, as no spreadsheet program writes it."""
    return _edited(workbook(good()[AREAS]), lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml)


# -- The table ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrong:
    """One thing wrong: a cell of one sheet, a change to the rows, or another content for the file."""

    name: str
    file: str
    place: str
    sentence: str
    sheet: str = ""
    cell: tuple[int, int] | None = None
    value: Any = None
    rows: Callable[[Rows], None] | None = None
    content: Callable[[], bytes] | None = None

    @property
    def line(self) -> str:
        """What the command prints and the page shows."""
        return " · ".join(part for part in (self.file, self.place, self.sentence) if part)

    def files(self) -> list[File]:
        books = good()
        if self.cell is not None:
            line = books[self.file][self.sheet][self.cell[0] - 1]
            line[self.cell[1]] = self.value
        if self.rows is not None:
            self.rows(books[self.file][self.sheet])
        made = {name: file(name, book) for name, book in books.items()}
        if self.content is not None:
            made[self.file] = File(self.file, self.content())
        return list(made.values())


def cell(name: str, file_name: str, sheet: str, address: str, value: Any, sentence: str, at: str = "") -> Wrong:
    column, row = ord(address[0]) - ord("A"), int(address[1:])
    place = " · ".join(part for part in (sheet, at or address) if part)
    return Wrong(name, file_name, place, sentence, sheet, (row, column), value)


def whole(name: str, file_name: str, content: Callable[[], bytes], sentence: str, place: str = "") -> Wrong:
    return Wrong(name, file_name, place, sentence, content=content)


def drop_column(position: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for row in rows:
            del row[position : position + 1]

    return change


def append(*values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows.append(list(values))


NOT_A_WORKBOOK = "This is not an Excel workbook (.xlsx) and not a CSV file."
NO_STORED_RESULT = "The formula has no stored result. Open the workbook in Excel, save it and try again."
DATE = "This is not a date. Write it like 2026-10-09 or 10月9日."

WRONG = [
    # -- The file --
    whole("empty", AREAS, lambda: b"", "The file is empty (0 bytes)."),
    whole(
        "too-large",
        AREAS,
        lambda: bytes(50 * 1024 * 1024),
        "The file has 50 MB; at most 10 MB can be imported. Divide it into smaller files.",
    ),
    whole(
        "old-workbook",
        AREAS,
        lambda: ole("Workbook"),
        "This is an old workbook (.xls). Open it in Excel and save it as an Excel workbook (.xlsx).",
    ),
    whole(
        "password",
        AREAS,
        lambda: ole("EncryptedPackage"),
        "The workbook is protected with a password. Take the password off in Excel, save it and try again.",
    ),
    whole("picture", AREAS, lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), NOT_A_WORKBOOK),
    whole(
        "letter",
        AREAS,
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        NOT_A_WORKBOOK,
    ),
    whole("truncated", AREAS, truncated, NOT_A_WORKBOOK),
    whole("damaged", AREAS, damaged, "The workbook is damaged and cannot be read. Open it in Excel and save it again."),
    whole("bomb", AREAS, bomb, "Unpacked, the workbook is far too large. Copy the table into a new workbook."),
    whole("entities", AREAS, with_entity, NOT_A_WORKBOOK),
    whole(
        "only-hidden",
        AREAS,
        lambda: workbook({"": [], **good()[AREAS]}, hidden="居民区"),
        "There is no visible sheet with anything on it.",
    ),
    whole("formula-without-result", AREAS, with_formula, NO_STORED_RESULT, "居民区 · C3"),
    whole(
        "too-many-rows",
        BUSY,
        lambda: text([["姓名", "手机", "日期", "时段", "事由"]] * 20_001),
        "The sheet has more than 20000 rows or 100 columns. Divide it into smaller files.",
    ),
    # -- The sheet --
    whole(
        "wrong-sheet",
        AREAS,
        lambda: workbook({"通讯录": [["姓名", "生日"], ["王秀珍", "3月8日"]]}),
        "This is none of the tables we know: Units, Responsibility list, Holidays and shifted working days, Residential areas, Teams, "
        "Ledger of issues, Busy times. Delete or hide the sheet, or check its headings.",
        "通讯录",
    ),
    Wrong(
        "missing-column",
        AREAS,
        "居民区 · A2",
        "The column “户数” is missing. The headings must be: 街镇, 居民区, 户数, 居民区书记, 书记手机, 会场.",
        "居民区",
        rows=drop_column(2),
    ),
    Wrong(
        "missing-seat",
        TEAMS,
        "荷塘镇 · A2",
        "The column “律师” is missing. The headings must be: "
        "团队编号, 居民区, 结对单位, 带队领导, 手机, 党代表, 手机, 人大代表, 手机, 政协委员, 手机, 律师, 手机.",
        "荷塘镇",
        rows=drop_column(12),
    ),
    # -- Units --
    cell("unit-kind", UNITS, "单位", "B6", "公司", "“公司” is not one of: 办公室, 街道, 镇, 区级机关."),
    Wrong(
        "unit-twice",
        UNITS,
        "单位 · A8",
        "“区科委” stands in 01_units.xlsx · 单位 · A6 already.",
        "单位",
        rows=append("区科委", "区级机关", "武轩佳", "19975938641"),
    ),
    cell("unit-phone", UNITS, "单位", "D6", "1997593864", "A mobile number has 11 digits; this one has 10."),
    cell(
        "responsible-unit",
        UNITS,
        "职责清单",
        "B2",
        "区园林局",
        "There is no unit called “区园林局” in the list of units.",
    ),
    cell("responsible-days", UNITS, "职责清单", "D2", "半个月", "Please write a whole number from 0 to 250."),
    cell("holiday", UNITS, "节假日", "A2", "国庆", DATE),
    # -- Areas --
    # One character of these is folded into eighteen.
    cell("area-secretary-unfolds", AREAS, "居民区", "D3", "\ufdfa" * 3, "At most 40 characters; there are 54."),
    Wrong(
        "area-twice",
        AREAS,
        "居民区 · B7",
        "“春申坊” stands in 02_areas.xlsx · 居民区 · B3 already.",
        "居民区",
        rows=append("荷塘镇", "春申坊", 12, "王秀珍", "19910000001", ""),
    ),
    cell("area-street", AREAS, "居民区", "A5", "荷花街道", "There is no unit called “荷花街道” in the list of units."),
    cell("area-no-street", AREAS, "居民区", "A3", None, "“街镇” is missing."),
    cell("area-street-error", AREAS, "居民区", "A3", "#REF!", "The formula has an error: #REF!"),
    cell("area-not-a-street", AREAS, "居民区", "A5", "区科委", "“区科委” is neither a street office nor a town."),
    cell("area-households", AREAS, "居民区", "C3", "约两千", "Please write a whole number from 0 to 100000."),
    cell("secretary-phone", AREAS, "居民区", "E3", "1991000001", "A mobile number has 11 digits; this one has 10."),
    cell("secretary-no-phone", AREAS, "居民区", "E3", None, "The mobile number is missing."),
    # -- Teams --
    cell("team-number", TEAMS, "长堤街道", "A3", "一队", "This is not a team's number. Write it like 第118团队."),
    cell(
        "team-area",
        TEAMS,
        "长堤街道",
        "B3",
        "夏申坊居民区",
        "There is no residential area called “夏申坊” in the list of areas.",
    ),
    cell("team-unit", TEAMS, "长堤街道", "C3", "区园林局", "There is no unit called “区园林局” in the list of units."),
    cell(
        "two-teams-for-one-area",
        TEAMS,
        "长堤街道",
        "B5",
        "春申坊",
        "“春申坊” has a team in 03_teams.xlsx · 长堤街道 · B3 already.",
    ),
    cell("team-in-wrong-street", TEAMS, "荷塘镇", "B3", "望潮苑", "“望潮苑” belongs to 长堤街道."),
    cell("member-phone", TEAMS, "长堤街道", "F3", "1997000010", "A mobile number has 11 digits; this one has 10."),
    cell("member-letters", TEAMS, "长堤街道", "F3", "没有手机", "This is not a mobile number."),
    cell("member-forgotten", TEAMS, "长堤街道", "G3", None, "Who has this seat? Write 暂缺 when nobody has."),
    cell(
        "one-phone-two-people",
        TEAMS,
        "荷塘镇",
        "F3",
        phone(1, 4),
        "This number is given for 带队3 here and for 律师1 in 03_teams.xlsx · 长堤街道 · O3.",
    ),
    cell(
        "one-phone-across-files",
        TEAMS,
        "长堤街道",
        "O3",
        "19910000001",
        "This number is given for 律师1 here and for 王秀珍 in 02_areas.xlsx · 居民区 · E3.",
    ),
    Wrong(
        "team-twice-with-others",
        TEAMS,
        "荷塘镇 · A3",
        "Team 1 has other members in 03_teams.xlsx · 长堤街道 · A3.",
        "荷塘镇",
        (3, 0),
        "第1团队",
    ),
    # -- Ledger --
    cell("ledger-code", LEDGER, "台账", "A3", "第1号", "This is not an issue's number. Write it like 26Q2-0001."),
    cell(
        "ledger-twice",
        LEDGER,
        "台账",
        "A4",
        "26Q2-0001",
        "“26Q2-0001” stands in 04_ledger_2026q2.xlsx · 台账 · A3 already.",
    ),
    cell(
        "ledger-area",
        LEDGER,
        "台账",
        "C3",
        "夏申坊居民区",
        "There is no residential area called “夏申坊” in the list of areas.",
    ),
    cell("ledger-street", LEDGER, "台账", "B3", "荷塘镇", "“春申坊” belongs to 长堤街道.", "C3"),
    cell("ledger-text", LEDGER, "台账", "D3", None, "“反映的问题” is missing."),
    cell("ledger-long", LEDGER, "台账", "D3", "长" * 501, "At most 500 characters; there are 501."),
    cell(
        "ledger-category",
        LEDGER,
        "台账",
        "E3",
        "天气",
        "“天气” is not one of: 房屋修缮、加梯, 物业管理, 停车难, 违法搭建, 环境卫生, 楼道堆物, 电动车充电, 养犬扰民, 养老助餐, 交通出行, 治安技防, 餐饮油烟, 噪声扰民, 文体设施, 其他.",
    ),
    cell("ledger-level", LEDGER, "台账", "F3", "市级", "“市级” is not one of: 结对单位, 街道, 职能部门, 区级协调."),
    cell("ledger-unit", LEDGER, "台账", "G3", "区园林局", "There is no unit called “区园林局” in the list of units."),
    cell("ledger-raised", LEDGER, "台账", "H3", "四月初", DATE),
    cell("ledger-no-such-day", LEDGER, "台账", "H3", "2026/4/31", DATE),
    cell("ledger-future", LEDGER, "台账", "H4", "2099-04-09", "This day is still to come."),
    cell(
        "ledger-status", LEDGER, "台账", "I3", "差不多了", "“差不多了” is not one of: 已解决, 已解释, 办理中, 待受理."
    ),
    cell(
        "ledger-closed-before",
        LEDGER,
        "台账",
        "J3",
        date(2026, 4, 8),
        "It was closed before it was raised (2026-04-09).",
    ),
    cell("ledger-closed-when", LEDGER, "台账", "J3", None, "The day on which it was closed is missing."),
    cell(
        "ledger-open-but-closed",
        LEDGER,
        "台账",
        "J4",
        date(2026, 4, 30),
        "It is not closed, so there can be no closing day.",
    ),
    cell("ledger-phone", LEDGER, "台账", "L4", "1991135151", "A mobile number has 11 digits; this one has 10."),
    # -- Busy times --
    cell("busy-phone", BUSY, "", "B2", "1997000100", "A mobile number has 11 digits; this one has 10."),
    cell("busy-day", BUSY, "", "C2", "下周", DATE),
    cell("busy-part", BUSY, "", "D2", "中午", "“中午” is not one of: 上午, 下午, 晚间, 全天."),
    cell(
        "busy-name",
        BUSY,
        "",
        "A2",
        "张三",
        "This number is given for 张三 here and for 带队1 in 03_teams.xlsx · 长堤街道 · F3.",
        "B2",
    ),
]
