"""What residents are asked. A survey keeps its own copy, so wording changes with the year and never behind an answer.

A question is `{"code", "kind", "zh", "en", "options"}` and, for the head of a column, `name_zh` and `name_en`; kind
`scale` shows faces, `choice` plain options, `text` an optional free text that no page shows for now.
"""

from typing import Any

from core.localized import pick

Question = dict[str, Any]

STANDARD: list[Question] = [
    {
        "code": "satisfaction",
        "name_zh": "满意率",
        "name_en": "Satisfied",
        "kind": "scale",
        "zh": "这一年的走访，您总体满意吗？",
        "en": "This year's visits: how satisfied are you on the whole?",
        "options": [
            {"value": "5", "zh": "非常满意", "en": "Very satisfied", "icon": "mood-happy"},
            {"value": "4", "zh": "满意", "en": "Satisfied", "icon": "mood-smile"},
            {"value": "3", "zh": "一般", "en": "Neither", "icon": "mood-empty"},
            {"value": "2", "zh": "不满意", "en": "Dissatisfied", "icon": "mood-sad"},
            {"value": "1", "zh": "非常不满意", "en": "Very dissatisfied", "icon": "mood-cry"},
        ],
    },
    {
        "code": "listened",
        "name_zh": "认真听了",
        "name_en": "Listened to",
        "kind": "choice",
        "zh": "您说的话，他们认真听了吗？",
        "en": "Did they listen to what you said?",
        "options": [
            {"value": "yes", "zh": "认真听了", "en": "They listened"},
            {"value": "so_so", "zh": "一般", "en": "More or less"},
            {"value": "no", "zh": "没认真听", "en": "They did not listen"},
            {"value": "silent", "zh": "我没有发言", "en": "I did not speak"},
        ],
    },
    {
        "code": "aware",
        "name_zh": "知道结果",
        "name_en": "Know the outcome",
        "kind": "choice",
        "zh": "上次反映的问题办得怎样，您知道吗？",
        "en": "Do you know what became of the issues raised last time?",
        "options": [
            {"value": "known", "zh": "知道", "en": "I know"},
            {"value": "unknown", "zh": "不知道", "en": "I do not know"},
            {"value": "absent", "zh": "上次没有参加", "en": "I was not there last time"},
        ],
    },
    {
        "code": "remarks",
        "kind": "text",
        "zh": "还想说什么？",
        "en": "Is there anything else you want to say?",
        "options": [],
    },
]


def words(thing: dict[str, Any]) -> str:
    """The text of a question or an option in the language of this request."""
    return pick(thing["zh"], thing["en"])


def name_of(question: Question) -> str:
    """A word or two for the head of a column; the question itself where it has none."""
    return pick(question.get("name_zh") or question["zh"], question.get("name_en") or question["en"])


def closed_questions(questions: list[Question]) -> list[Question]:
    """Those with options: the ones that can be counted."""
    return [question for question in questions if question["options"]]
