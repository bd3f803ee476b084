"""All that an operator does with WeChat accounts, in one group."""

import typer

from app.cli.wechat import accounts, cards, check, keys, menu

app = typer.Typer(help="微信账号：录入、检查、模板、菜单。", no_args_is_help=True)

app.command("add")(accounts.add)
app.command("list")(accounts.list_all)
app.command("remove")(accounts.remove)
app.command("set-default")(accounts.set_default)
app.command("check")(check.check)
app.command("rotate-keys")(keys.rotate)
app.command("forget-key")(keys.forget_key)
app.command("force-refresh")(keys.force)
app.add_typer(cards.app, name="templates")
app.add_typer(menu.app, name="menu")
