"""``huixiang``: one command for each thing an operator does, one file for each group of them."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import typer

# Where each command lives. Only the one that is asked for is loaded: all of them together take seconds.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "migrate": "app.cli.migrate",
        "api": "app.cli.api",
        "worker": "app.cli.worker",
        "seed": "app.cli.seed",
        "doctor": "app.cli.doctor",
        "errors": "app.cli.errors",
        "explain": "app.cli.explain",
        "reconcile": "app.cli.reconcile",
        "outbox": "app.cli.outbox",
        "staff": "app.cli.staff",
        "tour": "app.cli.tour.command",
        "wechat": "app.cli.wechat.command",
    }
)


def build(arguments: list[str]) -> typer.Typer:
    """The command line with what these arguments ask for; with everything when that is not clear."""
    app = typer.Typer(
        help="回响 Huixiang：微信售后服务。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_several_commands)
    asked = arguments[0] if arguments else ""
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(COMMANDS[name])
        group: typer.Typer | None = getattr(module, "app", None)
        if group is not None:
            app.add_typer(group, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _several_commands() -> None:
    """回响 Huixiang：微信售后服务。"""
