"""``huixiang errors``: the catalogue of errors, as docs/errors.md has it."""

from secrets import token_hex

import typer
from pydantic import SecretStr

from app.edge.openapi.catalogue import as_markdown
from app.edge.openapi.describe import every_error
from app.main import create_app
from app.settings import Settings


def errors() -> None:
    """打印全部错误码及其处理办法（Markdown）。"""
    # Nothing is opened or signed for it.
    app = create_app(Settings(environment="test", secret_key=SecretStr(token_hex())))
    typer.echo(as_markdown(every_error(app)), nl=False)
