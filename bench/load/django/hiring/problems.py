"""Every error, as RFC 9457 has it."""

import functools

from django.http import JsonResponse


class Problem(Exception):
    def __init__(self, status, slug, detail=""):
        self.status = status
        self.body = {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail}


def answered(view):
    """The view, whose problems become answers."""

    @functools.wraps(view)
    def answering(request, **arguments):
        try:
            return view(request, **arguments)
        except Problem as problem:
            return JsonResponse(problem.body, status=problem.status, content_type="application/problem+json")

    return answering
