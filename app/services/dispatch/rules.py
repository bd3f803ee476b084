"""The work rules, as SQL: who may do a job at all. Written once, for offers, the pool, bookings and plans.

``e`` is an alias of ``engineers``; the rest are expressions for what the job asks.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sought:
    skill: str
    licences: str
    district: str
    customer: str
    day: str
    service: str
    warranty: str


# What a row of ``tickets t`` asks of whoever looks for work today.
OF_TICKET = Sought(
    skill="t.required_skill",
    licences="t.required_licences",
    district="t.address->>'district'",
    customer="t.customer_id",
    day="(now() AT TIME ZONE 'Asia/Shanghai')::date",
    service="t.service_type",
    warranty="t.warranty",
)


def licensed(e: str, job: Sought) -> str:
    """He has each licence, and none of them ends before the day."""
    return f"({e}.licences @> {job.licences} AND {expires(e, job.licences)} >= {job.day})"


def expires(e: str, licences: str) -> str:
    """The last day on which he may do such work; a licence of which no end is known has none."""
    return (
        f"coalesce((SELECT min(l.expires_on) FROM engineer_licences l"
        f" WHERE l.engineer_id = {e}.id AND l.licence = ANY ({licences})), 'infinity'::date)"
    )


def welcome(e: str, job: Sought) -> str:
    """This customer has not asked never to see him again."""
    return (
        f"NOT EXISTS (SELECT FROM engineer_bans b WHERE b.engineer_id = {e}.id"
        f" AND b.customer_id = {job.customer} AND b.lifted_at IS NULL)"
    )


def entrusted(e: str, job: Sought) -> str:
    """He is one of ours, or such work may go to his contractor: by its terms as they stand on that day."""
    return (
        f"NOT EXISTS (SELECT FROM staff hired JOIN contractors k ON k.id = hired.contractor_id"
        f" WHERE hired.id = {e}.id AND NOT (k.active AND {within_terms('k', job)}))"
    )


def within_terms(k: str, job: Sought) -> str:
    """``k`` is an alias of ``contractors``. Without terms that have begun, nothing goes to it."""
    return (
        f"coalesce((SELECT {job.service} = ANY (r.service_types) AND {job.warranty} = ANY (r.warranties)"
        f" AND (r.districts IS NULL OR {job.district} = ANY (r.districts))"
        f" FROM contractor_terms r WHERE r.contractor_id = {k}.id AND r.valid_from <= {job.day}"
        f" ORDER BY r.valid_from DESC, r.version DESC LIMIT 1), FALSE)"
    )


def may_do(e: str, job: Sought) -> str:
    return (
        f"({e}.skills @> ARRAY[{job.skill}] AND {job.district} = ANY ({e}.areas)"
        f" AND {licensed(e, job)} AND {welcome(e, job)} AND {entrusted(e, job)})"
    )


def last_good(job: Sought) -> str:
    """Whom the customer was last content with, unless he has been discontent with him since, or wants others too."""
    return f"""
SELECT g.engineer_id FROM ratings g JOIN customers c ON c.id = g.customer_id
 WHERE g.customer_id = {job.customer} AND g.attitude + g.expertise + g.timeliness + g.conduct >= 16
   AND coalesce((c.preferences->>'same_engineer')::boolean, TRUE)
   AND NOT EXISTS (SELECT FROM ratings l WHERE l.customer_id = g.customer_id AND l.engineer_id = g.engineer_id
                      AND l.created_at > g.created_at AND l.attitude + l.expertise + l.timeliness + l.conduct < 16)
 ORDER BY g.created_at DESC LIMIT 1
"""
