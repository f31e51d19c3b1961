"""Input no view should have to look at, and refusals every view answers the same way."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from core.refusals import Conflict, RuleBroken
from core.storable import storable

Next = Callable[[HttpRequest], HttpResponse]
NOT_TYPED = {"csrfmiddlewaretoken", "version"}
SECRET = ("password", "secret", "key", "webhook")  # in the names of fields nobody may read over a shoulder


class RefuseUnreadableInput:
    """400 for NUL characters and lone surrogates in the address or the form: no database stores them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if _unreadable(request):
                return render(request, "400.html", status=400)
        except (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError, UnicodeError):
            return render(request, "400.html", status=400)
        return self.get_response(request)


def _unreadable(request: HttpRequest) -> bool:
    texts = [request.path_info, *_texts(request.GET)]
    if request.method == "POST":
        texts += _texts(request.POST)
    return any(not storable(text) for text in texts)


def _texts(data: QueryDict) -> list[str]:
    return [str(text) for name, values in data.lists() for text in [name, *map(str, values)]]


class AnswerRefusals:
    """A Conflict becomes the 409 page with what was typed; a RuleBroken that no form showed becomes 422."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"conflict": exception, "typed": typed(request)}, status=409)
        if isinstance(exception, RuleBroken):
            return render(request, "422.html", {"sentence": exception.sentence, "typed": typed(request)}, status=422)
        return None


def typed(request: HttpRequest) -> list[str]:
    """The longer texts of the form, to show them again: nothing that was written is lost, and no password or key is shown."""
    texts = ((name, str(value)) for name, value in request.POST.items() if name not in NOT_TYPED)
    return [text for name, text in texts if len(text) > 3 and not any(word in name.lower() for word in SECRET)]
