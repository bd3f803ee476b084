"""What customers say about a service point, as far as it may be shown."""

from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.content import shown_name
from app.errors import NotFound
from app.schemas.content import PublicReview, ReviewPage, ReviewPhoto
from app.services.attachments.urls import SignUrl, Variant
from app.services.cursors import cut, place_by_number
from app.services.privacy.consents import DECLINED

_PAGE = f"""
SELECT r.ticket_id, r.attitude, r.expertise, r.timeliness, r.conduct, r.created_at, t.service_type,
       CASE WHEN EXISTS (SELECT FROM content_checks k WHERE k.subject_kind = 'comment' AND k.state = 'passed'
                            AND k.subject_id = r.ticket_id::text) THEN r.comment END AS comment,
       CASE WHEN EXISTS (SELECT FROM content_checks k WHERE k.subject_kind = 'nickname' AND k.state = 'passed'
                            AND k.subject_id = r.customer_id::text) THEN c.nickname ELSE '' END AS nickname,
       ARRAY(SELECT a.id FROM attachments a
               JOIN content_checks k ON k.subject_kind = 'photo' AND k.subject_id = a.id::text AND k.state = 'passed'
              WHERE a.ticket_id = r.ticket_id AND a.purpose = 'rating' ORDER BY a.created_at, a.id) AS photos
  FROM ratings r JOIN tickets t ON t.id = r.ticket_id JOIN customers c ON c.id = r.customer_id
 WHERE r.service_point_id = $1 AND NOT {DECLINED.format(customer="r.customer_id", purpose="'public_reviews'")}
   AND ($2::timestamptz IS NULL OR (r.created_at, r.ticket_id) < ($2, $3::bigint))
 ORDER BY r.created_at DESC, r.ticket_id DESC LIMIT $4
"""
_EXISTS = "SELECT 1 FROM service_points WHERE id = $1"


class NoSuchServicePoint(NotFound):
    msg = "没有找到这个网点。"


async def list_reviews(
    connection: asyncpg.Connection,
    service_point_id: UUID,
    sign_url: SignUrl,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
) -> ReviewPage:
    """Newest first. Nothing in it leads to a ticket or to a person."""
    before, key = place_by_number(cursor)
    if await connection.fetchval(_EXISTS, service_point_id) is None:
        raise NoSuchServicePoint
    rows = await connection.fetch(_PAGE, service_point_id, before, key, limit + 1)
    page, next_cursor = cut(rows, limit, "created_at", key="ticket_id")
    return ReviewPage(items=[_shown(row, sign_url, actor) for row in page], next_cursor=next_cursor)


def _shown(row: asyncpg.Record, sign_url: SignUrl, actor: Actor) -> PublicReview:
    return PublicReview(
        name_masked=shown_name(row["nickname"]),
        service_type=row["service_type"],
        attitude=row["attitude"],
        expertise=row["expertise"],
        timeliness=row["timeliness"],
        conduct=row["conduct"],
        comment=row["comment"],
        photos=[
            ReviewPhoto(
                url=sign_url(str(photo), Variant.FULL.value, actor.id),
                thumbnail_url=sign_url(str(photo), Variant.THUMBNAIL.value, actor.id),
            )
            for photo in row["photos"]
        ],
        created_at=row["created_at"],
    )
