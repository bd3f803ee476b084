"""Who may call what: for each operation, what each caller gets.

The ticket in question was reported by ``owner`` and accepted by ``engineer``. ``stranger`` is another customer,
``outsider`` an engineer of another district and trade, ``disabled`` a member of staff who has left but kept his
token, ``contractor`` the dispatcher of a contractor whose engineers could do none of it. A 4xx other than 401, 403
and 404 means that the caller got in and the ticket was not in the right state.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType

WHO = (
    "anonymous",
    "owner",
    "stranger",
    "engineer",
    "outsider",
    "disabled",
    "agent",
    "manager",
    "admin",
    "contractor",
)

_EVERYBODY = "200 200 200 200 200 200 200 200 200 200"
_SIGNED_IN = "401 200 200 200 200 401 200 200 200 200"
_WHO_SEES = "401 200 404 200 404 401 200 200 200 404"
_CUSTOMERS = "401 200 200 403 403 401 403 403 403 403"
_PAGE_OF_CUSTOMERS = "302 200 200 403 403 302 403 403 403 403"
_DESK = "401 403 403 403 403 401 200 200 200 403"
_STAFF = "401 403 403 200 200 401 200 200 200 403"
# Whoever works with us, for whomever.
_PEOPLE = "401 403 403 200 200 401 200 200 200 200"
_PEOPLE_ERR = "401 403 403 422 422 401 422 422 422 422"
_MANAGERS = "401 403 403 403 403 401 403 200 200 403"
_MEMBERS = "401 403 403 404 404 401 403 200 200 403"
_CONSOLE = "302 403 403 403 403 302 200 200 200 403"
# Forms of the console that are carried out: by anybody at the desk, by those who lead it, by admins alone.
_DESK_POST = "401 403 403 403 403 401 303 303 303 403"
_LEADS_POST = "401 403 403 403 403 401 403 303 303 403"
_ADMINS_PAGE = "302 403 403 403 403 302 403 403 200 403"
_ADMINS_POST = "401 403 403 403 403 401 403 403 303 403"
_ADMINS = "401 403 403 403 403 401 403 403 200 403"
_MANAGERS_CONSOLE = "302 403 403 403 403 302 403 200 200 403"
_ADMINS_CONSOLE = "302 403 403 403 403 302 403 403 200 403"
_NOBODY = "401 401 401 401 401 401 401 401 401 401"
_NOWHERE = "404 404 404 404 404 404 404 404 404 404"

_ROWS = {
    "GET /api/v1/tickets": _SIGNED_IN,
    "POST /api/v1/tickets": "401 201 201 403 403 401 201 403 201 403",
    "GET /api/v1/tickets/{number}": _WHO_SEES,
    # By the event "reassign"; what every other event demands is in test_transitions.
    "POST /api/v1/tickets/{number}/transitions": "401 403 404 403 404 401 200 200 200 404",
    "GET /api/v1/tickets/{number}/events": _WHO_SEES,
    "GET /api/v1/tickets/{number}/visits": _WHO_SEES,
    # Nobody has come in vain.
    "POST /api/v1/tickets/{number}/empty-trips/{trip_id}/waiver": "401 403 404 403 404 401 403 404 404 404",
    "GET /api/v1/tickets/{number}/similar": _WHO_SEES,
    "POST /api/v1/tickets/{number}/splits": "401 403 404 403 404 401 201 201 201 404",
    "GET /api/v1/tickets/{number}/events/stream": _WHO_SEES,
    "GET /api/v1/tickets/{number}/slots": _WHO_SEES,
    "GET /api/v1/tickets/{number}/dispatch": "401 403 404 403 404 401 200 200 200 404",
    "POST /api/v1/tickets/{number}/urgings": "401 201 404 403 404 401 403 403 403 404",
    "PUT /api/v1/tickets/{number}/rating": "401 409 404 403 404 401 403 403 403 404",
    "POST /api/v1/tickets/{number}/contact-reveals": "401 201 404 201 404 401 201 201 201 404",
    "GET /api/v1/tickets/{number}/messages": _WHO_SEES,
    "POST /api/v1/tickets/{number}/messages": "401 201 404 201 404 401 201 201 201 404",
    "GET /api/v1/tickets/{number}/warranty": _WHO_SEES,
    # The engineer is not there yet.
    "PUT /api/v1/tickets/{number}/warranty": "401 403 404 403 404 401 200 200 200 404",
    "GET /api/v1/warranty-policies": _SIGNED_IN,
    "POST /api/v1/warranty-policies": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/tickets/{number}/service-level": "401 403 404 200 404 401 200 200 200 404",
    "GET /api/v1/tickets/{number}/promises": "401 403 404 200 404 401 200 200 200 404",
    "GET /api/v1/service-policies": _DESK,
    "POST /api/v1/service-policies": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/service-calendars": _DESK,
    "POST /api/v1/service-calendars": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/conversations": "401 403 403 403 403 401 200 200 200 403",
    # The engineer is not on site yet, nothing is finished, and nobody has uploaded what he could take back.
    "GET /api/v1/tickets/{number}/checklist": "401 409 404 200 404 401 200 200 200 404",
    "PUT /api/v1/tickets/{number}/checklist/{item}": "401 403 404 409 404 401 403 403 403 404",
    "GET /api/v1/tickets/{number}/evidence": _WHO_SEES,
    "POST /api/v1/tickets/{number}/evidence/{piece_id}/withdraw": "401 403 404 404 404 401 404 404 404 404",
    # Nobody is at work yet.
    "POST /api/v1/tickets/{number}/signature": "401 403 404 409 404 401 403 403 403 404",
    "POST /api/v1/tickets/{number}/completion-code": "401 403 404 409 404 401 403 403 403 404",
    # A photo for the ticket.
    "POST /api/v1/attachments": "401 201 404 201 404 401 201 201 201 404",
    # It is no video.
    "POST /api/v1/attachments/videos": "401 422 404 422 404 401 422 422 422 404",
    # The signed address is the permission; who has none gets nothing (test_foreign_ids).
    "GET /api/v1/attachments/{attachment_id}/content": _EVERYBODY,
    "GET /api/v1/assets": "401 200 200 403 403 401 403 403 403 403",
    "POST /api/v1/assets": "401 201 201 403 403 401 403 403 403 403",
    "GET /api/v1/assets/{asset_id}/archive": _WHO_SEES,
    "PATCH /api/v1/assets/{asset_id}": "401 200 404 403 404 401 200 200 200 404",
    "PUT /api/v1/assets/{asset_id}": "401 200 404 403 404 401 200 200 200 404",
    # It is being worked on.
    "DELETE /api/v1/assets/{asset_id}": "401 409 404 403 404 401 403 403 403 404",
    "PUT /api/v1/assets/{asset_id}/restoration": "401 200 404 403 404 401 403 403 403 404",
    # A proof of nothing: whoever gets in is told so.
    "PUT /api/v1/assets/{asset_id}/purchase-proof": "401 422 404 403 404 401 422 422 422 404",
    "PUT /api/v1/assets/{asset_id}/purchase-verification": "401 403 404 403 404 401 409 409 409 404",
    "GET /api/v1/assets/{asset_id}/sticker": _WHO_SEES,
    "GET /api/v1/assets/{asset_id}/sticker.svg": _WHO_SEES,
    "PUT /api/v1/assets/{asset_id}/household": "401 200 404 403 404 401 403 403 403 404",
    # It is being worked on.
    "POST /api/v1/assets/{asset_id}/transfer": "401 409 404 403 404 401 403 403 403 404",
    "DELETE /api/v1/assets/{asset_id}/transfer": "401 204 404 403 404 401 403 403 403 404",
    # With a code of no offer.
    "POST /api/v1/asset-transfers": "401 404 404 403 403 401 403 403 403 403",
    "GET /h5/transfers/{code}": "302 404 404 403 403 302 403 403 403 403",
    "POST /h5/transfers/{code}": "401 404 404 403 403 401 403 403 403 403",
    # Of the owner, who has one other member in it.
    "GET /api/v1/me/membership": _CUSTOMERS,
    "GET /api/v1/customers/{customer_id}/membership": _DESK,
    "POST /api/v1/customers/{customer_id}/points": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/membership/rules": _DESK,
    "POST /api/v1/membership/rules": "401 403 403 403 403 401 403 201 201 403",
    "GET /h5/membership": _PAGE_OF_CUSTOMERS,
    "GET /console/settings/membership": _CONSOLE,
    "POST /console/settings/membership": _LEADS_POST,
    "GET /api/v1/households": _CUSTOMERS,
    "POST /api/v1/households": "401 201 201 403 403 401 403 403 403 403",
    "PUT /api/v1/households/{household_id}/owner": "401 200 404 403 403 401 403 403 403 403",
    "DELETE /api/v1/households/{household_id}/members/{member_id}": "401 204 404 403 403 401 403 403 403 403",
    "POST /api/v1/households/{household_id}/invitations": "401 201 404 403 403 401 403 403 403 403",
    "DELETE /api/v1/households/{household_id}/invitations": "401 204 404 403 403 401 403 403 403 403",
    # With a code of no invitation.
    "POST /api/v1/household-members": "401 404 404 403 403 401 403 403 403 403",
    "GET /h5/invitations/{code}": "302 404 404 403 403 302 403 403 403 403",
    "POST /h5/invitations/{code}": "401 404 404 403 403 401 403 403 403 403",
    "POST /api/v1/labels": _SIGNED_IN,
    "GET /api/v1/products": _SIGNED_IN,
    "GET /api/v1/price-items": _SIGNED_IN,
    "GET /api/v1/rating-rubric": _SIGNED_IN,
    # The law wants prices to be public.
    "GET /api/v1/prices": _EVERYBODY,
    "GET /api/v1/service-points": _EVERYBODY,
    "GET /api/v1/prices/call-out": _EVERYBODY,
    "GET /api/v1/price-lists": _MANAGERS,
    # There is a draft, which all the others are about.
    "POST /api/v1/price-lists": "401 403 403 403 403 401 403 409 409 403",
    "GET /api/v1/price-lists/{version}": _MANAGERS,
    "PUT /api/v1/price-lists/{version}": _MANAGERS,
    "PUT /api/v1/price-lists/{version}/items/{code}": _MANAGERS,
    # There is no item of this code.
    "DELETE /api/v1/price-lists/{version}/items/{code}": "401 403 403 403 403 401 403 404 404 403",
    "POST /api/v1/price-lists/{version}/publish": _MANAGERS,
    "GET /api/v1/spend-limits": _MANAGERS,
    "PUT /api/v1/spend-limits": _MANAGERS,
    # Nothing is done yet: there is none.
    "GET /api/v1/tickets/{number}/receipt": "401 404 404 404 404 401 404 404 404 404",
    # Nothing is up for review.
    "POST /api/v1/tickets/{number}/quotes/{version}/review": "401 403 404 403 404 401 403 409 409 404",
    "GET /api/v1/kpi/engineers": "401 403 403 200 200 401 200 200 200 200",
    # Of the engineer who has the ticket; to others in the field there is no such person.
    "GET /api/v1/engineers": _MANAGERS,
    "POST /api/v1/engineers": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/engineers/{engineer_id}": _MANAGERS,
    "PATCH /api/v1/engineers/{engineer_id}": _MANAGERS,
    "POST /api/v1/engineers/{engineer_id}/leave": _MANAGERS,
    "POST /api/v1/engineers/{engineer_id}/rejoin": _MANAGERS,
    "GET /api/v1/engineers/{engineer_id}/shift-pattern": "401 403 403 200 404 401 200 200 200 404",
    "PUT /api/v1/engineers/{engineer_id}/shift-pattern": "401 403 403 403 403 401 403 200 200 404",
    "GET /api/v1/engineers/{engineer_id}/rosters": "401 403 403 200 404 401 200 200 200 404",
    "PUT /api/v1/engineers/{engineer_id}/rosters/{day}": "401 403 403 403 403 401 403 200 200 404",
    "POST /api/v1/engineers/{engineer_id}/absences": "401 403 403 201 404 401 201 201 201 404",
    "DELETE /api/v1/engineers/{engineer_id}/absences/{absence_id}": "401 403 403 204 404 401 204 204 204 404",
    "GET /api/v1/holidays/{year}": "401 403 403 200 200 401 200 200 200 200",
    "PUT /api/v1/holidays/{year}": _MANAGERS,
    "GET /api/v1/engineers/{engineer_id}/licences": "401 403 403 200 404 401 200 200 200 404",
    "PUT /api/v1/engineers/{engineer_id}/licences": _MANAGERS,
    # Each sees all of them, and the dispatcher of one that one.
    "GET /api/v1/contractors": "401 403 403 403 403 401 200 200 200 200",
    "POST /api/v1/contractors": "401 403 403 403 403 401 403 201 201 403",
    "PATCH /api/v1/contractors/{contractor_id}": _MANAGERS,
    "POST /api/v1/contractors/{contractor_id}/terms": "401 403 403 403 403 401 403 201 201 403",
    "GET /api/v1/customers/{customer_id}/engineer-bans": _DESK,
    "PUT /api/v1/customers/{customer_id}/engineer-bans/{engineer_id}": _DESK,
    "DELETE /api/v1/customers/{customer_id}/engineer-bans/{engineer_id}": "401 403 403 403 403 401 204 204 204 403",
    # Of the engineer who has the ticket, who is not on the way.
    "PUT /api/v1/tickets/{number}/position": "401 403 404 409 404 401 403 403 403 404",
    # The desk, and the engineer whose job it is.
    "PUT /api/v1/tickets/{number}/crew": "401 403 404 200 404 401 200 200 200 404",
    # The link is the permission; this one is of no visit.
    "POST /api/v1/visit-answers": _NOWHERE,
    "GET /h5/visits/{token}": _NOWHERE,
    "GET /h5/visits/{token}/calendar.ics": _NOWHERE,
    "GET /h5/visits/{token}/{number}": _NOWHERE,
    "POST /h5/visits/{token}": _NOWHERE,
    "GET /api/v1/parts": "401 403 403 200 200 401 200 200 200 200",
    # A service point is ours, and a van of ours is none of the contractor's.
    "GET /api/v1/stock": "401 403 403 200 200 401 200 200 200 404",
    # Into a service point; a van is its engineer's.
    "POST /api/v1/stock/movements": "401 403 403 403 403 401 201 201 201 403",
    "GET /api/v1/tickets/{number}/parts": "401 403 404 200 404 401 200 200 200 404",
    # There is none anywhere.
    "POST /api/v1/tickets/{number}/part-reservations": "401 403 404 409 404 401 409 409 409 404",
    "DELETE /api/v1/tickets/{number}/part-reservations": "401 403 404 200 404 401 200 200 200 404",
    # There is none of this number.
    "PATCH /api/v1/part-orders/{order_id}": "401 403 403 403 403 401 404 404 404 403",
    "GET /api/v1/dispatch/board": "401 403 403 403 403 401 200 200 200 200",
    "GET /api/v1/dispatch/plans": _DESK,
    "POST /api/v1/dispatch/plans": "401 403 403 403 403 401 403 202 202 403",
    "GET /api/v1/me": _SIGNED_IN,
    "PUT /api/v1/me/phone": _CUSTOMERS,
    "PUT /api/v1/me/profile": _CUSTOMERS,
    "GET /api/v1/me/export.zip": _CUSTOMERS,
    "GET /api/v1/me/preferences": _CUSTOMERS,
    "PUT /api/v1/me/preferences": _CUSTOMERS,
    "GET /api/v1/me/privacy": _CUSTOMERS,
    "POST /api/v1/me/privacy/consents": "401 201 201 403 403 401 403 403 403 403",
    "GET /api/v1/consent-texts": _EVERYBODY,
    # There is no such version of it yet.
    "GET /api/v1/consent-texts/{purpose}/{version}": _NOWHERE,
    "POST /api/v1/consent-texts": "401 403 403 403 403 401 403 403 201 403",
    "GET /api/v1/me/deletion": _CUSTOMERS,
    # The owner's ticket is being worked on; nothing is in the stranger's way.
    "POST /api/v1/me/deletion": "401 409 201 403 403 401 403 403 403 403",
    "DELETE /api/v1/me/deletion": "401 204 204 403 403 401 403 403 403 403",
    # The code is the permission; this one is of no deletion.
    "GET /api/v1/deletion-proofs/{token}": _NOWHERE,
    "GET /api/v1/customers": _DESK,
    "GET /api/v1/customers/{customer_id}/merge-preview": _DESK,
    "GET /api/v1/customer-merges": _DESK,
    "POST /api/v1/customer-merges": "401 403 403 403 403 401 201 201 201 403",
    "POST /api/v1/customer-merges/{merge_id}/undo": _DESK,
    "GET /api/v1/service-points/{service_point_id}/reviews": _SIGNED_IN,
    "GET /api/v1/content-checks": _DESK,
    "POST /api/v1/content-checks/{check_id}/decide": _DESK,
    "GET /api/v1/me/inbox": _SIGNED_IN,
    "POST /api/v1/me/inbox/read": _SIGNED_IN,
    "GET /api/v1/me/consents": "401 200 200 403 403 401 403 403 403 403",
    # Neither customer has signed in to the mini-program.
    "POST /api/v1/me/consents": "401 422 422 403 403 401 403 403 403 403",
    # The ticket belongs to a task force of the admin's; nobody else is a member.
    "GET /api/v1/incidents": _STAFF,
    "POST /api/v1/incidents": "401 403 403 403 403 401 403 409 409 403",
    "GET /api/v1/incidents/{incident}": "401 403 403 404 404 401 200 200 200 403",
    "POST /api/v1/incidents/{incident}/accept": "401 403 403 403 403 401 403 409 409 403",
    "POST /api/v1/incidents/{incident}/dismiss": "401 403 403 403 403 401 403 409 409 403",
    "PUT /api/v1/incidents/{incident}/owner/{staff_id}": _MANAGERS,
    "PUT /api/v1/incidents/{incident}/members/{staff_id}": _MEMBERS,
    "DELETE /api/v1/incidents/{incident}/members/{staff_id}": _MEMBERS,
    "POST /api/v1/incidents/{incident}/tickets": "401 403 403 404 404 401 403 409 409 403",
    "POST /api/v1/incidents/{incident}/tickets/{ticket}/detach": _MEMBERS,
    "POST /api/v1/incidents/{incident}/broadcasts": "401 403 403 404 404 401 403 201 201 403",
    "POST /api/v1/incidents/{incident}/updates": "401 403 403 404 404 401 403 201 201 403",
    "POST /api/v1/incidents/{incident}/resolve": _MEMBERS,
    # It is not over, and nothing is to be done.
    "PUT /api/v1/incidents/{incident}/review": "401 403 403 404 404 401 403 409 409 403",
    "POST /api/v1/incidents/{incident}/review/decision": "401 403 403 403 403 401 403 409 409 403",
    "POST /api/v1/incidents/{incident}/actions": "401 403 403 404 404 401 403 201 201 403",
    "POST /api/v1/incidents/{incident}/actions/{action_id}/done": "401 403 403 404 404 401 403 404 404 403",
    "GET /api/v1/tickets/{number}/incident": _WHO_SEES,
    "GET /api/v1/complaints": _DESK,
    # There is none of this number.
    "GET /api/v1/complaints/{case_id}": "401 403 403 403 403 401 404 404 404 403",
    "POST /api/v1/complaints/{case_id}/take": "401 403 403 403 403 401 404 404 404 403",
    "POST /api/v1/complaints/{case_id}/steps": "401 403 403 403 403 401 404 404 404 403",
    "POST /api/v1/complaints/{case_id}/remedy": "401 403 403 403 403 401 404 404 404 403",
    "POST /api/v1/complaints/{case_id}/close": "401 403 403 403 403 401 403 404 404 403",
    # Nobody has complained yet.
    "GET /api/v1/tickets/{number}/complaint": "401 404 404 403 404 401 404 404 404 404",
    "POST /api/v1/tickets/{number}/complaint": "401 201 404 403 404 401 201 201 201 404",
    "POST /api/v1/tickets/{number}/complaint/answer": "401 409 404 403 404 401 403 403 403 404",
    # The link is the permission; this one is of no remedy.
    "POST /api/v1/complaint-answers": _NOWHERE,
    "GET /h5/complaints/{token}": _NOWHERE,
    "GET /h5/complaints/{token}/{number}": _NOWHERE,
    "POST /h5/complaints/{token}": _NOWHERE,
    "GET /api/v1/kpi/teams": _DESK,
    "GET /api/v1/kpi/service-points": _DESK,
    "GET /api/v1/kpi/agents": _DESK,
    "GET /api/v1/kpi/promises": _MANAGERS,
    "GET /api/v1/kpi/urgings": _MANAGERS,
    "GET /api/v1/urgings": _STAFF,
    "POST /api/v1/tickets/{number}/urgings/answer": "401 403 404 409 404 401 409 409 409 404",
    "GET /api/v1/kpi/appeals": "401 403 403 200 200 401 403 200 200 403",
    # He has not been there yet, and the other one does not even see it.
    "POST /api/v1/kpi/appeals": "401 403 403 403 404 401 403 403 403 403",
    # There is none of this number.
    "POST /api/v1/kpi/appeals/{appeal_id}/decide": "401 403 403 403 403 401 403 404 404 403",
    "GET /api/v1/follow-ups": _DESK,
    # There is none of this number.
    "POST /api/v1/follow-ups/{follow_up_id}/take": "401 403 403 403 403 401 404 404 404 403",
    "POST /api/v1/follow-ups/{follow_up_id}/calls": "401 403 403 403 403 401 404 404 404 403",
    "GET /api/v1/me/follow-up-calls": _CUSTOMERS,
    "PUT /api/v1/me/follow-up-calls": _CUSTOMERS,
    "POST /api/v1/hotline/caller-lookups": _DESK,
    "GET /api/v1/teams": _DESK,
    "POST /api/v1/teams": "401 403 403 403 403 401 403 201 201 403",
    "PUT /api/v1/teams/{team_id}": _MANAGERS,
    "GET /api/v1/routing/rules": _DESK,
    "POST /api/v1/routing/rules": "401 403 403 403 403 401 403 201 201 403",
    "POST /api/v1/routing/try": _DESK,
    "PUT /api/v1/routing/presence": _DESK,
    "GET /api/v1/routing/queue": _DESK,
    "GET /api/v1/tickets/{number}/route": "401 403 404 403 404 401 200 200 200 404",
    "POST /api/v1/tickets/{number}/route": "401 403 404 403 404 401 201 201 201 404",
    "GET /api/v1/api-tokens": _ADMINS,
    "POST /api/v1/api-tokens": "401 403 403 403 403 401 403 403 201 403",
    "POST /api/v1/api-tokens/{token_id}/revoke": _ADMINS,
    # For tokens of other systems, which are nobody of these (test_partners).
    "POST /api/v1/partner/tickets": _NOBODY,
    "GET /api/v1/partner/tickets": _NOBODY,
    "GET /api/v1/partner/tickets/{number}": _NOBODY,
    "GET /api/v1/partner/tickets/{number}/events": _NOBODY,
    "GET /api/v1/webhooks": _ADMINS,
    "POST /api/v1/webhooks": "401 403 403 403 403 401 403 403 201 403",
    "GET /api/v1/webhooks/{endpoint_id}": _ADMINS,
    "PATCH /api/v1/webhooks/{endpoint_id}": _ADMINS,
    "DELETE /api/v1/webhooks/{endpoint_id}": "401 403 403 403 403 401 403 403 204 403",
    "POST /api/v1/webhooks/{endpoint_id}/signing-key": "401 403 403 403 403 401 403 403 201 403",
    "POST /api/v1/webhooks/{endpoint_id}/ping": "401 403 403 403 403 401 403 403 202 403",
    "GET /api/v1/webhooks/{endpoint_id}/deliveries": _ADMINS,
    "POST /api/v1/webhooks/{endpoint_id}/replays": "401 403 403 403 403 401 403 403 202 403",
    "GET /api/v1/alarms": "401 403 403 403 403 401 200 200 200 403",
    # There is none of this number.
    "POST /api/v1/alarms/{alarm_id}/close": "401 403 403 403 403 401 403 404 404 403",
    "DELETE /api/v1/sessions/current": "401 204 204 204 204 401 204 204 204 204",
    # With a code and a password that are wrong.
    "POST /api/v1/sessions/mini-program": "401 401 401 401 401 401 401 401 401 401",
    "POST /api/v1/sessions/staff": "401 401 401 401 401 401 401 401 401 401",
    # With a challenge of nobody's.
    "POST /api/v1/sessions/staff/second-factor": _NOBODY,
    "POST /api/v1/sessions/staff/second-factor/secret": _NOBODY,
    "GET /api/v1/me/second-factor": _PEOPLE,
    # With a password and codes that are wrong.
    "PUT /api/v1/me/second-factor/secret": _PEOPLE_ERR,
    "POST /api/v1/me/second-factor/proof": _PEOPLE_ERR,
    "PUT /api/v1/me/second-factor/recovery-codes": _PEOPLE_ERR,
    "POST /api/v1/me/second-factor/end": _PEOPLE_ERR,
    "PUT /api/v1/me/password": _PEOPLE_ERR,
    "GET /api/v1/second-factor-roles": _ADMINS,
    "PUT /api/v1/second-factor-roles": _ADMINS,
    "GET /api/v1/staff": _ADMINS,
    "POST /api/v1/staff": "401 403 403 403 403 401 403 403 201 403",
    # An engineer is no one at the desk.
    "PUT /api/v1/staff/{staff_id}/rights": "401 403 403 403 403 401 403 403 422 403",
    "PUT /api/v1/staff/{staff_id}/password": "401 403 403 403 403 401 403 403 204 403",
    "POST /api/v1/staff/{staff_id}/disable": _ADMINS,
    "POST /api/v1/staff/{staff_id}/enable": _ADMINS,
    # He has none.
    "POST /api/v1/staff/{staff_id}/second-factor/reset": "401 403 403 403 403 401 403 403 409 403",
    "GET /oauth/official-account": "302 302 302 302 302 302 302 302 302 302",
    # Without the cookie of the departure.
    "GET /oauth/official-account/callback": "400 400 400 400 400 400 400 400 400 400",
    # Without a signature of WeChat's, whoever calls.
    "GET /wechat/{appid}/callback": "403 403 403 403 403 403 403 403 403 403",
    "POST /wechat/{appid}/callback": "403 403 403 403 403 403 403 403 403 403",
    # Pages: who is not signed in is sent to WeChat.
    "GET /assets/{of}/{name}": _EVERYBODY,
    "GET /h5/": "302 200 200 200 200 302 200 200 200 200",
    "GET /h5/inbox": "302 200 200 200 200 302 200 200 200 200",
    "POST /h5/inbox/read": "401 303 303 303 303 401 303 303 303 303",
    "GET /h5/me": _PAGE_OF_CUSTOMERS,
    "GET /h5/points": _EVERYBODY,
    "GET /h5/appliances": _PAGE_OF_CUSTOMERS,
    "GET /h5/appliances/add": _PAGE_OF_CUSTOMERS,
    "POST /h5/appliances": "401 303 303 403 403 401 403 403 403 403",
    # Without a photo the form comes back.
    "POST /h5/appliances/label": _CUSTOMERS,
    "GET /h5/appliances/{asset_id}": "302 200 404 403 403 302 403 403 403 403",
    "POST /h5/appliances/{asset_id}": "401 303 404 403 403 401 403 403 403 403",
    "POST /h5/appliances/{asset_id}/proof": "401 200 404 403 403 401 403 403 403 403",
    "POST /h5/appliances/{asset_id}/household": "401 303 404 403 403 401 403 403 403 403",
    "POST /h5/appliances/{asset_id}/transfer": "401 200 404 403 403 401 403 403 403 403",
    "POST /h5/appliances/{asset_id}/transfer/withdraw": "401 303 404 403 403 401 403 403 403 403",
    # It is being worked on, and the page says so.
    "POST /h5/appliances/{asset_id}/remove": "401 200 404 403 403 401 403 403 403 403",
    "POST /h5/appliances/{asset_id}/restore": "401 303 404 403 403 401 403 403 403 403",
    "GET /h5/households": _PAGE_OF_CUSTOMERS,
    "POST /h5/households": "401 303 303 403 403 401 403 403 403 403",
    "POST /h5/households/join": "401 303 303 403 403 401 403 403 403 403",
    "POST /h5/households/{household_id}/invitations": "401 200 404 403 403 401 403 403 403 403",
    "POST /h5/households/{household_id}/invitations/withdraw": "401 303 404 403 403 401 403 403 403 403",
    "POST /h5/households/{household_id}/members/{member_id}/remove": "401 303 404 403 403 401 403 403 403 403",
    "POST /h5/households/{household_id}/members/{member_id}/owner": "401 303 404 403 403 401 403 403 403 403",
    "POST /h5/households/{household_id}/appliances/{asset_id}/withdraw": "401 303 404 403 403 401 403 403 403 403",
    "GET /h5/preferences": _PAGE_OF_CUSTOMERS,
    "POST /h5/preferences": "401 303 303 403 403 401 403 403 403 403",
    "POST /h5/preferences/name": "401 303 303 403 403 401 403 403 403 403",
    "GET /h5/privacy": _PAGE_OF_CUSTOMERS,
    "POST /h5/privacy/consents": "401 303 303 403 403 401 403 403 403 403",
    "POST /h5/privacy/export": _CUSTOMERS,
    "GET /h5/privacy/deletion": _PAGE_OF_CUSTOMERS,
    # With what stands in its way, or the code of the proof.
    "POST /h5/privacy/deletion": _CUSTOMERS,
    "POST /h5/privacy/deletion/cancel": "401 303 303 403 403 401 403 403 403 403",
    "GET /h5/tickets/{number}": "302 200 404 200 404 302 200 200 200 404",
    "GET /h5/tickets/{number}/receipt": "302 404 404 404 404 302 404 404 404 404",
    "GET /h5/prices": _EVERYBODY,
    # There is no quote to decide on, and nothing to rate: the page comes back and says so.
    "POST /h5/tickets/{number}/quote": "401 200 404 403 404 401 403 403 403 404",
    "GET /h5/tickets/{number}/rating": "302 200 404 403 404 302 403 403 403 404",
    "POST /h5/tickets/{number}/rating": "401 200 404 403 404 401 403 403 403 404",
    # The event of this table is none of a customer's.
    "POST /h5/tickets/{number}/events/{event}": "401 404 404 403 404 401 403 403 403 404",
    "POST /h5/tickets/{number}/messages": "401 303 404 403 404 401 403 403 403 404",
    "POST /h5/tickets/{number}/urgings": "401 303 404 403 404 401 403 403 403 404",
    "GET /h5/report": "302 200 200 403 403 302 403 403 403 403",
    "POST /h5/report": "401 303 303 403 403 401 403 403 403 403",
    "GET /h5/tickets/{number}/submitted": "302 200 404 403 404 302 403 403 403 404",
    # There is no other ticket to join; the mini-program asks for the consent.
    "POST /h5/tickets/{number}/join": "401 422 404 403 404 401 403 403 403 404",
    "POST /h5/tickets/{number}/notices": "401 303 404 403 404 401 403 403 403 404",
    "GET /h5/follow.svg": "302 200 200 200 200 302 200 200 200 200",
    # Anybody may ask whether somebody is one of ours; the codes are printed.
    "GET /h5/badge/{scene}": _EVERYBODY,
    "GET /h5/points/{scene}": _EVERYBODY,
    "GET /s/{code}": "302 302 302 302 302 302 302 302 302 302",
    # The console: who is not signed in is sent to its form, who does not work at the desk is not let in.
    "GET /console": "302 302 302 302 302 302 302 302 302 302",
    "GET /console/": "302 302 302 302 302 302 302 302 302 302",
    "GET /console/sign-in": _EVERYBODY,
    # A form of no page of ours.
    "POST /console/sign-in": "403 403 403 403 403 403 403 403 403 403",
    "POST /console/sign-in/code": "403 403 403 403 403 403 403 403 403 403",
    # What is wrong about them stands on the page.
    "GET /console/account": _CONSOLE,
    "POST /console/account/second-factor": _DESK,
    "POST /console/account/proof": _DESK,
    "POST /console/account/recovery-codes": _DESK,
    "POST /console/account/end": _DESK,
    "POST /console/account/password": _DESK,
    "POST /console/staff/second-factor-roles": _ADMINS_POST,
    "POST /console/staff/{staff_id}/second-factor/reset": _ADMINS,
    "POST /console/sign-out": "401 303 303 303 303 401 303 303 303 303",
    "GET /console/tickets": _CONSOLE,
    "GET /console/dispatch": _CONSOLE,
    "GET /console/queue": _CONSOLE,
    "GET /console/hotline": _CONSOLE,
    "POST /console/hotline": "401 403 403 403 403 401 200 200 200 403",
    # A manager does not report: that is the desk's.
    "POST /console/hotline/tickets": "401 403 403 403 403 401 303 403 303 403",
    "POST /console/queue/presence": "401 403 403 403 403 401 303 303 303 403",
    "PUT /console/queue/presence": "401 403 403 403 403 401 204 204 204 403",
    "GET /console/conversations": _CONSOLE,
    "GET /console/calls": _CONSOLE,
    "GET /console/complaints": _CONSOLE,
    "GET /console/levels": _CONSOLE,
    # The task force is the admin's, and not resolved.
    "GET /console/incidents": _CONSOLE,
    "GET /console/incidents/{incident}": _CONSOLE,
    # The ticket has one already.
    "POST /console/incidents": "401 403 403 403 403 401 403 200 200 403",
    # By a note among staff; the other forms are in tests/console/test_incidents.py.
    "POST /console/incidents/{incident}/{deed}": "401 403 403 403 403 401 403 303 303 403",
    "GET /console/kpi": _CONSOLE,
    "GET /console/kpi/why": _CONSOLE,
    "GET /console/kpi/appeals": _MANAGERS_CONSOLE,
    "POST /console/kpi/appeals/{appeal_id}/decide": "401 403 403 403 403 401 403 404 404 403",
    "GET /console/home": _CONSOLE,
    "GET /console/trends": _CONSOLE,
    "GET /console/log": _MANAGERS_CONSOLE,
    "GET /console/exports/{listed}.xlsx": _MANAGERS_CONSOLE,
    "GET /console/staff": _ADMINS_CONSOLE,
    "GET /console/staff/{staff_id}": _ADMINS_CONSOLE,
    # Refused on the page itself: nothing was filled in, and an engineer is no one at the desk.
    "POST /console/staff": _ADMINS,
    "POST /console/staff/{staff_id}/rights": _ADMINS,
    "POST /console/staff/{staff_id}/password": "401 403 403 403 403 401 403 403 303 403",
    "POST /console/staff/{staff_id}/disable": _ADMINS,
    "POST /console/staff/{staff_id}/enable": "401 403 403 403 403 401 403 403 303 403",
    "GET /console/deliveries": _CONSOLE,
    "GET /console/complaints/{case_id}": "302 403 403 403 403 302 404 404 404 403",
    "GET /console/tickets/{number}": "302 403 404 403 404 302 200 200 200 404",
    "POST /console/tickets/{number}/events/{event}": "401 403 404 403 404 401 303 303 303 404",
    # Nobody has come in vain.
    "POST /console/tickets/{number}/empty-trips/{trip_id}/waiver": "401 403 404 403 404 401 403 404 404 404",
    "POST /console/tickets/{number}/messages": "401 403 404 403 404 401 303 303 303 404",
    "POST /console/tickets/{number}/points": "401 403 404 403 404 401 403 303 303 404",
    "POST /console/tickets/{number}/ban": "401 403 404 403 404 401 303 303 303 404",
    "POST /console/tickets/{number}/unban": "401 403 404 403 404 401 303 303 303 404",
    "POST /console/tickets/{number}/contact": "401 403 404 403 404 401 200 200 200 404",
    # There is none of this number.
    "POST /console/calls/{follow_up_id}/take": "401 403 403 403 403 401 404 404 404 403",
    "POST /console/calls/{follow_up_id}/calls": "401 403 403 403 403 401 404 404 404 403",
    "POST /console/complaints/{case_id}/take": "401 403 403 403 403 401 404 404 404 403",
    "POST /console/complaints/{case_id}/steps": "401 403 403 403 403 401 404 404 404 403",
    "POST /console/complaints/{case_id}/remedy": "401 403 403 403 403 401 404 404 404 403",
    "POST /console/complaints/{case_id}/close": "401 403 403 403 403 401 403 404 404 403",
    # Who leads may take a job from somebody; the machine, or the desk by name, then offers it.
    "POST /console/dispatch/assign": "401 403 403 403 403 401 303 403 303 403",
    "POST /console/dispatch/plans": "401 403 403 403 403 401 403 303 303 403",
    "GET /console/rosters": _CONSOLE,
    "GET /console/rosters/holidays": _CONSOLE,
    "POST /console/rosters/holidays": _LEADS_POST,
    "GET /console/rosters/{engineer_id}": _CONSOLE,
    "POST /console/rosters/{engineer_id}/pattern": _LEADS_POST,
    "POST /console/rosters/{engineer_id}/days": _LEADS_POST,
    "POST /console/rosters/{engineer_id}/absences": _DESK_POST,
    "POST /console/rosters/{engineer_id}/absences/{absence_id}/cancel": _DESK_POST,
    "POST /console/rosters/{engineer_id}/licences": _LEADS_POST,
    "GET /console/engineers": _MANAGERS_CONSOLE,
    "POST /console/engineers": _LEADS_POST,
    "GET /console/engineers/{engineer_id}": _MANAGERS_CONSOLE,
    "POST /console/engineers/{engineer_id}": _LEADS_POST,
    # What he had in hand stands on the page.
    "POST /console/engineers/{engineer_id}/leave": _MANAGERS,
    "POST /console/engineers/{engineer_id}/rejoin": _LEADS_POST,
    "GET /console/prices": _CONSOLE,
    # There is a draft already, and it has no such item.
    "POST /console/prices": "401 403 403 403 403 401 403 200 200 403",
    "POST /console/prices/limits": _LEADS_POST,
    "GET /console/prices/{version}": _CONSOLE,
    "POST /console/prices/{version}/items": _LEADS_POST,
    "POST /console/prices/{version}/items/{code}/remove": "401 403 403 403 403 401 403 404 404 403",
    "POST /console/prices/{version}/terms": _LEADS_POST,
    "POST /console/prices/{version}/publish": _LEADS_POST,
    "GET /console/templates": _CONSOLE,
    "POST /console/templates/trials": _MANAGERS,
    "GET /console/settings": _CONSOLE,
    "GET /console/settings/calendars": _CONSOLE,
    "POST /console/settings/calendars": _LEADS_POST,
    "GET /console/settings/policies": _CONSOLE,
    "POST /console/settings/policies": _LEADS_POST,
    "GET /console/settings/routing": _CONSOLE,
    "POST /console/settings/routing/teams": _LEADS_POST,
    "POST /console/settings/routing/rules": _LEADS_POST,
    "GET /console/settings/webhooks": _ADMINS_PAGE,
    # The key that signs is in the answer itself.
    "POST /console/settings/webhooks": "401 403 403 403 403 401 403 403 200 403",
    "GET /console/settings/webhooks/{endpoint_id}": _ADMINS_PAGE,
    "POST /console/settings/webhooks/{endpoint_id}/state": _ADMINS_POST,
    "POST /console/settings/webhooks/{endpoint_id}/key": "401 403 403 403 403 401 403 403 200 403",
    "POST /console/settings/webhooks/{endpoint_id}/ping": _ADMINS_POST,
    "POST /console/settings/webhooks/{endpoint_id}/replays": _ADMINS_POST,
    "POST /console/settings/webhooks/{endpoint_id}/remove": _ADMINS_POST,
    "GET /console/settings/tokens": _ADMINS_PAGE,
    "POST /console/settings/tokens": "401 403 403 403 403 401 403 403 200 403",
    "POST /console/settings/tokens/{token_id}/revoke": _ADMINS_POST,
    "POST /console/deliveries/replay": "401 403 403 403 403 401 403 303 303 403",
    # The engineer's own pages.
    "GET /field": "302 403 403 200 200 302 403 403 403 403",
    "GET /field/tickets/{number}": "302 403 404 200 404 302 403 403 403 404",
    # By the event "reassign".
    "POST /field/tickets/{number}/events/{event}": "401 403 404 403 404 401 403 403 403 404",
    # He is not there yet.
    "POST /field/tickets/{number}/quote": "401 403 404 200 404 401 403 403 403 404",
    "POST /field/tickets/{number}/reservations": "401 403 404 200 404 401 403 403 403 404",
    "POST /field/tickets/{number}/messages": "401 403 404 303 404 401 403 403 403 404",
    "POST /field/tickets/{number}/checks/{item}": "401 403 404 200 404 401 403 403 403 404",
    "POST /field/tickets/{number}/signature": "401 403 404 200 404 401 403 403 403 404",
    "POST /field/tickets/{number}/completion-code": "401 403 404 200 404 401 403 403 403 404",
    "GET /field/van": "302 403 403 200 200 302 403 403 403 403",
    # A script, the same for everybody.
    "GET /field/worker.js": _EVERYBODY,
    "POST /field/tickets/{number}/photos": "401 403 404 303 404 401 403 403 403 404",
    "POST /field/tickets/{number}/contact": "401 403 404 200 404 401 403 403 403 404",
    "POST /api/v1/qr-scenes": "401 403 403 403 403 401 201 201 201 403",
    "GET /api/v1/qr-scenes/{scene}": "401 403 403 403 403 401 302 302 302 403",
    "GET /api/v1/qr-scenes/{scene}/mini-code": "401 403 403 403 403 401 200 200 200 403",
    # For our own pages only, whoever asks.
    "GET /api/v1/wechat/js-signature": _EVERYBODY,
    "GET /api/v1/template-trials": _MANAGERS,
    # The account has no such card.
    "POST /api/v1/template-trials": "401 403 403 403 403 401 403 422 422 403",
    "GET /api/v1/wechat/templates": "401 403 403 403 403 401 403 200 200 403",
    "GET /healthz": _EVERYBODY,
    "GET /readyz": _EVERYBODY,
    # Its token is Prometheus's, and no person's.
    "GET /metrics": _NOWHERE,
    # Not in production: test_operations.
    "GET /openapi.json": _EVERYBODY,
    "GET /docs": _EVERYBODY,
    "GET /docs/oauth2-redirect": _EVERYBODY,
}

ANSWERS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        operation: dict(zip(WHO, map(int, statuses.split()), strict=True))
        for operation, statuses in _ROWS.items()
    }
)
# What concerns one ticket: asked for one that a caller may not see, each must answer as if there were none.
OF_A_TICKET = (
    *(each for each in ANSWERS if "{number}" in each),
    "POST /api/v1/attachments",
    "POST /api/v1/attachments/videos",
)


def in_parts(operations: Iterable[str], size: int = 24) -> dict[str, tuple[str, ...]]:
    """By the first of each part. Making a world costs as much as asking everybody about three operations, so that many
    share one."""
    rest = iter(operations)
    parts: dict[str, tuple[str, ...]] = {}
    while part := tuple(islice(rest, size)):
        parts[f"from {part[0]}"] = part
    return parts
