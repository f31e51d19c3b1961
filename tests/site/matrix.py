"""The permission matrix as a file a person can read: tests/site/permissions.tsv.

One row an address and method, one column a role; a cell is the status for an object of the own side and of the
foreign side, "200/404", or one status where they are the same or the address has no object.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("permissions.tsv")
ROLES = [
    "coordinator",
    "official",
    "lead",
    "party_delegate",
    "lawyer",
    "secretary",
    "street",
    "department",
    "pairing_unit",
    "organ",
    "auditor",
    "administrator",
    "nobody",
    "anonymous",
]


@dataclass(frozen=True, order=True)
class Row:
    address: str
    method: str


Matrix = dict[Row, dict[str, str]]


def read() -> Matrix:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {Row(line.pop("address"), line.pop("method")): line for line in csv.DictReader(file, delimiter="\t")}


def write(matrix: Matrix) -> None:
    """For whoever adds an address: UPDATE_PERMISSIONS=1 writes what happens now; read the difference before keeping it."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["address", "method", *ROLES])
        for row, cells in sorted(matrix.items()):
            writer.writerow([row.address, row.method, *(cells[role] for role in ROLES)])


def cell(own: int, foreign: int) -> str:
    return str(own) if own == foreign else f"{own}/{foreign}"
