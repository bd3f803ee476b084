"""Which tickets count for a burst, written once as SQL over ``tickets t``."""

# A merged ticket counts by the one that goes on, a refused one not at all. Whoever installs or cleans has no fault.
COUNTS = """t.state NOT IN ('merged', 'rejected') AND t.service_type IN ('repair', 'consultation', 'complaint')
   AND t.diagnosis->>'fault' <> ''"""


def key(ticket: str, incident: str) -> str:
    """That a ticket has the key of an incident."""
    return (
        f"{ticket}.category = {incident}.category AND {ticket}.diagnosis->>'fault' = {incident}.fault"
        f" AND {ticket}.service_point_id IS NOT DISTINCT FROM {incident}.service_point_id"
    )
