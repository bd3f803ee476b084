"""``huixiang``: one command for each thing an operator does, one file for each group of them."""

import typer

from app.cli import api, doctor, migrate, outbox, seed, staff, tour, worker

app = typer.Typer(
    help="回响 Huixiang：微信售后服务。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
for group in (migrate, api, worker, seed, doctor, tour):
    app.command()(getattr(group, group.__name__.rpartition(".")[2]))
app.add_typer(outbox.app, name="outbox")
app.add_typer(staff.app, name="staff")
