"""What went wrong, for a person: a page instead of a document, and the way to WeChat's sign-in when it is that."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.errors import Problem
from app.pages.render import page

PREFIX = "/h5/"


def problem_page(request: Request, problem: Problem) -> Response:
    if problem.status == 401 and request.method == "GET":
        return RedirectResponse(f"/oauth/official-account?next={request.url.path}", status_code=302)
    return page("problem", status=problem.status, msg=problem.msg)
