"""Exports that no spreadsheet takes for a program."""

import csv
import io

import pytest

from core.csv_export import BOM, csv_answer, safe_cell


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x"])
def test_a_cell_that_looks_like_a_formula_is_kept_as_text(text):
    assert safe_cell(text) == f"'{text}"


def test_long_numbers_stay_whole_and_ordinary_text_stays_as_it_is():
    assert safe_cell("19988514771") == "'19988514771"
    assert [safe_cell(value) for value in ("春申坊", 12, None, "26Q4-0001")] == ["春申坊", "12", "", "26Q4-0001"]


def test_the_file_opens_as_utf8_in_excel_and_reads_back():
    answer = csv_answer("ledger.csv", ["编号", "问题"], [["26Q4-0001", '他说"不行", 走了'], ["26Q4-0002", "=1+1"]])
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith(BOM)
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM)))) == [
        ["编号", "问题"],
        ["26Q4-0001", '他说"不行", 走了'],
        ["26Q4-0002", "'=1+1"],
    ]
