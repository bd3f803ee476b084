"""Give the job to somebody else; a window that the customer was promised stays his wish."""

import orjson

from app.schemas.transitions import Reassign
from app.services.dispatch.release import release
from app.services.tickets.change import Change, Outcome

_KEEP_WINDOW = "UPDATE tickets SET preferred_windows = $2 WHERE id = $1"


async def reassign(change: Change, body: Reassign) -> Outcome:
    s = change.before
    # What was fitted and approved before, he takes over with the job.
    after = await release(change, keep_quote=True)
    if s.engineer_id:
        after = after._replace(declined_by=(*s.declined_by, s.engineer_id))
    if s.window:
        kept = [{"start": s.window.start, "end": s.window.end}]
        await change.connection.execute(_KEEP_WINDOW, s.id, orjson.dumps(kept).decode())
        after = after._replace(preferred=(s.window,))
    return Outcome(after, data={"reason": body.reason, "engineer_id": s.engineer_id})
