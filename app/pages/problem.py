"""What went wrong, for a person: a page instead of a document, and the way to WeChat's sign-in when it is that."""

from urllib.parse import quote, urlsplit

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
        return RedirectResponse(_sign_in(way, target), status_code=302)
    if problem.status == 401 and not of_console:
        # What was typed is kept in the browser, and is there again on the page to which he comes back.
        return page("signed_out", status=401, again=_sign_in("/oauth/official-account", _from(request)))
    said = [each.msg for each in problem.errors] if isinstance(problem, InvalidInput) else []
    return page(
        "console/problem" if of_console else "problem",
        status=problem.status,
        back=(FIELD, "回到今日工作")
        if request.url.path.startswith(FIELD)
        else (f"{CONSOLE}/tickets", "回到工单"),
        msg="；".join(said) if of_console and said else problem.msg,
    )


def _sign_in(way: str, target: str) -> str:
    return f"{way}?next={quote(target, safe='/')}"


def _from(request: Request) -> str:
    """The page of ours on which the form stood."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.url.netloc and came.path.startswith("/h5/")
    return came.path if ours else "/h5/"
