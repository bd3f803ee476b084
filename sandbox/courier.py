"""Delivers callbacks: five seconds to answer, three attempts, each in a new envelope around the same body."""

import asyncio
import logging
import secrets
from contextlib import suppress

from sandbox import callbacks, crypto, events, messages, people, replies
from sandbox.accounts import Accounts
from sandbox.callbacks import Attempt, Callback, Push
from sandbox.carrying import Carrier, NoAnswer, carry, with_query
from sandbox.clock import Clock
from sandbox.faults import Faults, Fired, Situation
from sandbox.hub import Hub
from sandbox.messages import Draft
from sandbox.mishaps import CALLBACK
from sandbox.records import Account
from sandbox.settings import Settings
from sandbox.store import Store

log = logging.getLogger("sandbox.courier")

ATTEMPTS = 3
AT_ONCE = 16
_KEPT_ANSWER = 2000
NO_SERVICE = "该公众号暂时无法提供服务，请稍后再试"


class Courier:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        clock: Clock,
        hub: Hub,
        faults: Faults,
        settings: Settings,
        carrier: Carrier = carry,
    ) -> None:
        self._store, self._accounts, self._clock = store, accounts, clock
        self._hub, self._faults, self.settings = hub, faults, settings
        self._carry = carrier
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    def post(self, push: Push, *, delay: float = 0.0, path: str = "", template_id: str | None = None) -> int:
        """Owe a callback. The caller commits; the courier notices at the next turn of the loop."""
        situation = Situation(path, push.appid, push.openid, template_id, push.event)
        fired = self._faults.fire(situation, CALLBACK)
        due = self._clock.now() + delay + _lateness(fired)
        status = self._first_status(push, lost="cb_lost" in fired)
        copies = 1 + (fired.code("cb_duplicate") if "cb_duplicate" in fired else 0)
        ids = [
            callbacks.add(
                self._store,
                push,
                at=self._clock.stamp(),
                due_at=due,
                status=status,
                bad_signature="cb_bad_signature" in fired,
                age=fired.number("cb_old_timestamp") if "cb_old_timestamp" in fired else 0.0,
            )
            for _ in range(copies)
        ]
        self.wake()
        return ids[0]

    def _first_status(self, push: Push, *, lost: bool) -> str:
        if lost:
            return callbacks.LOST
        account = self._accounts.get(push.appid)
        return callbacks.PENDING if account and account.callback_url else callbacks.UNCONFIGURED

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            wait = self._start_due()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()

    def _start_due(self) -> float | None:
        """Start what is due; the seconds until the next one, or None when nothing waits for time."""
        now = self._clock.now()
        for callback_id, due_at in callbacks.soonest(self._store, 2 * AT_ONCE):
            if callback_id in self._under_way:
                continue
            if len(self._under_way) >= AT_ONCE:
                return None
            if due_at > now:
                return self._clock.real_seconds(due_at - now)
            self._start(callback_id)
        return None

    def _start(self, callback_id: int) -> asyncio.Task[None]:
        task = asyncio.create_task(self._deliver(callback_id))
        self._under_way[callback_id] = task
        task.add_done_callback(lambda done: self._finished(callback_id, done))
        return task

    def _finished(self, callback_id: int, task: asyncio.Task[None]) -> None:
        self._under_way.pop(callback_id, None)
        self.wake()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("callback %s", callback_id, exc_info=error)

    async def deliver_now(self, callback_id: int) -> None:
        await (self._under_way.get(callback_id) or self._start(callback_id))

    async def close(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, callback_id: int) -> None:
        callback = callbacks.get(self._store, callback_id)
        if callback is None or callback.status != callbacks.PENDING:
            return
        account = self._accounts.get(callback.appid)
        if account is None or account.callback_url is None:
            self._record(callback, [], callbacks.UNCONFIGURED)
            return
        self._release_reviewed(callback)
        attempts = list(callback.attempts)
        while len(attempts) < ATTEMPTS:
            if attempts and self.settings.callback_retry_gap:
                await asyncio.sleep(self.settings.callback_retry_gap)
            attempt, answer = await self._attempt(account, account.callback_url, callback)
            attempts.append(attempt)
            if attempt.ok:
                self._record(callback, attempts, callbacks.DONE)
                self._show_reply(account, callback, answer)
                return
            self._record(callback, attempts, callbacks.PENDING)
        self._record(callback, attempts, callbacks.FAILED)
        self._show_no_service(callback)

    async def _attempt(self, account: Account, url: str, callback: Callback) -> tuple[Attempt, bytes]:
        at = self._clock.stamp()
        stamp, forge = at - callback.age, callback.bad_signature
        envelope = events.seal(account, callback.openid, callback.body, stamp, forge=forge)
        address = with_query(url, envelope.query)
        try:
            async with asyncio.timeout(self.settings.callback_timeout):
                answered = await self._carry("POST", address, envelope.body, envelope.content_type)
        except (NoAnswer, OSError) as error:
            return Attempt(at, self._ms_since(at), None, f"{type(error).__name__}: {error}", False), b""
        shown = answered.body.decode("utf-8", "replace")[:_KEPT_ANSWER]
        ok = answered.status == 200
        return Attempt(at, self._ms_since(at), answered.status, shown, ok), answered.body

    def _ms_since(self, at: float) -> float:
        return round((self._clock.stamp() - at) * 1000, 2)

    def _record(self, callback: Callback, attempts: list[Attempt], status: str) -> None:
        with self._store.writing():
            callbacks.record(self._store, callback, attempts, status)

    def _release_reviewed(self, callback: Callback) -> None:
        """A message held for review reaches the phone at the moment its event is due."""
        message = None if callback.message_id is None else messages.get(self._store, callback.message_id)
        if message is not None and message.status == messages.IN_REVIEW:
            with self._store.writing():
                messages.settle(self._store, message.id, messages.DELIVERED, self._clock.stamp())
            self._hub.notify()

    def _show_reply(self, account: Account, callback: Callback, answer: bytes) -> None:
        try:
            reply = replies.read(account, answer)
        except replies.Malformed:
            self._show_no_service(callback)
            return
        if reply is not None and reply.kind != "transfer_customer_service":
            self._show(callback, Draft("reply", text=reply.text))

    def _show_no_service(self, callback: Callback) -> None:
        if callback.wants_reply:
            self._show(callback, Draft("system", text=NO_SERVICE))

    def _show(self, callback: Callback, draft: Draft) -> None:
        who = people.by_openid(self._store, callback.appid, callback.openid)
        if who is None:
            return
        with self._store.writing():
            messages.add(self._store, self._clock, who, draft)
        self._hub.notify()

    async def check_url(self, account: Account, url: str) -> tuple[bool, str]:
        """The check at registration: the service must echo `echostr` as bare text, in every mode."""
        timestamp, nonce = str(int(self._clock.stamp())), secrets.token_hex(5)
        echo = str(secrets.randbits(62))
        query = {
            "signature": crypto.signature(account.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "echostr": echo,
        }
        try:
            async with asyncio.timeout(self.settings.callback_timeout):
                answered = await self._carry("GET", with_query(url, query), b"", "")
        except (NoAnswer, OSError) as error:
            return False, f"{type(error).__name__}: {error}"
        shown = answered.body.decode("utf-8", "replace")[:_KEPT_ANSWER]
        return answered.status == 200 and shown == echo, shown


def _lateness(fired: Fired) -> float:
    """Every other push waits, so that the one after it arrives before it."""
    late = fired.number("cb_delay") if "cb_delay" in fired else 0.0
    overtaken = "cb_out_of_order" in fired and fired.turns["cb_out_of_order"] % 2 == 1
    return late + (fired.number("cb_out_of_order") if overtaken else 0.0)
