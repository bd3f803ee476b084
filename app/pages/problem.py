"""What went wrong, for a person: a page instead of a document, and the way to WeChat's sign-in when it is that."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.errors import InvalidInput, Problem
from app.pages.render import page

# Where people are, not programs.
CONSOLE, FIELD = "/console", "/field"
# Where staff work, with a session of their own.
OF_STAFF = (CONSOLE, FIELD)
PREFIX = ("/h5/", "/s/", *OF_STAFF)


def problem_page(request: Request, problem: Problem) -> Response:
    of_console = request.url.path.startswith(OF_STAFF)
    if problem.status == 401 and request.method == "GET":
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        way = f"{CONSOLE}/sign-in" if of_console else "/oauth/official-account"
        return RedirectResponse(f"{way}?next={quote(target, safe='/')}", status_code=302)
    said = [each.msg for each in problem.errors] if isinstance(problem, InvalidInput) else []
    return page(
        "console/problem" if of_console else "problem",
        status=problem.status,
        msg="；".join(said) if of_console and said else problem.msg,
    )
