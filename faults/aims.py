"""What each scenario has to reach, and that each negative twin has to fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Aim:
    words: str
    is_met: Callable[[Numbers], bool]
    database: str = "postgresql"


def nothing(line: Numbers) -> bool:
    return (line["lost"], line["rows"], line["messages"]) == (0, 0, 0)


def one_double_a_kill(line: Numbers) -> bool:
    return (line["lost"], line["rows"]) == (0, 0) and line["messages"] <= line["kills"]


AIMS = {
    "R1": Aim("0 lost, 0 rows twice, at most one double a kill", one_double_a_kill),
    "R2": Aim("0 lost, 0 rows twice, at most one double a kill", one_double_a_kill, "sqlite"),
    "R3": Aim("0 lost, 0 rows twice, at most one double each time", one_double_a_kill),
    "R4": Aim("each exactly the latest step", nothing),
    "R5": Aim("nothing lost or doubled", nothing),
    "R7": Aim("nothing lost or doubled", nothing),
    "R9a": Aim("without the keys rows come twice", lambda line: line["rows"] > 0),
    "R9b": Aim("without the re-check mails come twice", lambda line: line["messages"] > 0),
    "R9c": Aim("marked before it was sent, some are lost", lambda line: line["lost"] > 0),
    "R10": Aim("nothing is sent again, the rest after the release", nothing),
    "R11": Aim("no list of ticks differs", nothing),
    "R12": Aim("0 lost, 0 rows differ, at most one double a jump ahead", one_double_a_kill),
}
