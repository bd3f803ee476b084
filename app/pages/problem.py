"""What went wrong, for a person: a page instead of a document, and the way to WeChat's sign-in when it is that."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.errors import Problem
from app.pages.render import page

# Where people are, not programs.
PREFIX = ("/h5/", "/s/")


def problem_page(request: Request, problem: Problem) -> Response:
    if problem.status == 401 and request.method == "GET":
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(f"/oauth/official-account?next={quote(target, safe='/')}", status_code=302)
    return page("problem", status=problem.status, msg=problem.msg)
