import orjson
from pydantic import TypeAdapter

from sandbox.records import Account
from sandbox.store import Store

_ADAPTER = TypeAdapter(Account)


class Accounts:
    """Few, and read with every call: kept decoded beside their rows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Account] = {}
        self.reload()

    def reload(self) -> None:
        rows = self._store.all("SELECT body FROM accounts ORDER BY appid")
        self._known = {a.appid: a for a in (_ADAPTER.validate_json(row["body"]) for row in rows)}

    def get(self, appid: str) -> Account | None:
        return self._known.get(appid)

    def all(self) -> list[Account]:
        return list(self._known.values())

    def service(self) -> Account | None:
        return next((account for account in self._known.values() if account.kind == "service"), None)

    def mini(self) -> Account | None:
        return next((account for account in self._known.values() if account.kind == "mini"), None)

    def save(self, account: Account) -> None:
        self._store.run(
            "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (appid) DO UPDATE SET body = excluded.body",
            account.appid,
            orjson.dumps(account).decode(),
        )
        self._known[account.appid] = account
