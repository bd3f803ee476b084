"""What must always hold, as queries that return nothing. Run on production and after every chaos run."""

from dataclasses import dataclass

import asyncpg

from app.models.visits import LIVE_VISITS
from app.services.customers.adopt import LEFT_BEHIND
from app.services.evidence.seal import BROKEN_SEALS
from app.services.tickets.timeline import FACTS

_FACTS = ", ".join(f"'{fact}'" for fact in FACTS)


@dataclass(frozen=True)
class Invariant:
    name: str
    meaning: str
    query: str


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "household_in_order",
        "家庭的管理人是其成员，共享的设备属于其成员",
        """SELECT h.id::text FROM households h
            WHERE NOT EXISTS (SELECT FROM household_members m
                               WHERE m.household_id = h.id AND m.customer_id = h.owner_id)
           UNION
           SELECT a.id::text FROM assets a
            WHERE a.household_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM household_members m
                               WHERE m.household_id = a.household_id AND m.customer_id = a.customer_id)""",
    ),
    Invariant(
        "events_gap_free",
        "每张工单的事件编号从 1 起连续，且与工单记录一致",
        """SELECT t.number FROM tickets t LEFT JOIN ticket_events e ON e.ticket_id = t.id
            GROUP BY t.id HAVING count(e.seq) <> t.seq OR coalesce(max(e.seq), 0) <> t.seq""",
    ),
    Invariant(
        "state_is_fold_of_events",
        "工单状态等于最后一个事件之后的状态，每个事件都从上一个状态开始",
        """SELECT t.number FROM tickets t JOIN ticket_events e ON e.ticket_id = t.id AND e.seq = t.seq
            WHERE e.state <> t.state
           UNION
           SELECT t.number FROM (SELECT ticket_id, from_state, lag(state) OVER w AS previous, seq
                                   FROM ticket_events WINDOW w AS (PARTITION BY ticket_id ORDER BY seq)) s
             JOIN tickets t ON t.id = s.ticket_id
            WHERE (s.seq = 1) <> (s.from_state IS NULL) OR (s.seq > 1 AND s.from_state IS DISTINCT FROM s.previous)""",
    ),
    Invariant(
        "version_counts_transitions",
        "版本号等于状态变更次数",
        f"""SELECT t.number FROM tickets t JOIN ticket_events e ON e.ticket_id = t.id
            GROUP BY t.id
           HAVING count(*) FILTER (WHERE e.event NOT IN ({_FACTS})) <> t.version""",
    ),
    Invariant(
        "customer_is_told",
        "每次状态变更都有一条给客户的推送",
        f"""SELECT t.number || '#' || e.seq FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
            WHERE e.event NOT IN ({_FACTS})
              AND NOT EXISTS (SELECT FROM outbox o WHERE o.ticket_id = e.ticket_id AND o.seq = e.seq
                                 AND o.recipient = 'customer')""",
    ),
    Invariant(
        "no_push_without_event",
        "没有凭空的推送",
        """SELECT o.id::text FROM outbox o
            WHERE NOT EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = o.ticket_id AND e.seq = o.seq)""",
    ),
    Invariant(
        "pushes_in_order",
        "同一工单的推送按顺序发出",
        """SELECT o.id::text FROM outbox o JOIN outbox l ON l.ticket_id = o.ticket_id AND l.id > o.id
            WHERE o.state IN ('queued', 'leased') AND l.state IN ('accepted', 'delivered', 'in_review')
              AND l.settled_at > o.created_at AND o.deferred_at IS NULL AND l.deferred_at IS NULL""",
    ),
    Invariant(
        "every_end_has_its_reason",
        "没有送出去的推送都写明原因",
        """SELECT id::text FROM outbox
            WHERE state IN ('inbox', 'parked', 'dead', 'superseded') AND coalesce(reason, '') = ''""",
    ),
    Invariant(
        "consents_add_up",
        "订阅次数等于流水之和",
        """SELECT appid || ' ' || openid || ' ' || template_id
             FROM consent_balances b FULL JOIN (SELECT appid, openid, template_id, sum(delta) AS total
                                                  FROM consent_entries GROUP BY 1, 2, 3) e
                  USING (appid, openid, template_id)
            WHERE coalesce(b.available, 0) <> coalesce(e.total, 0)""",
    ),
    Invariant(
        "nothing_deferred_for_ever",
        "推迟的推送到时都会再发",
        """SELECT id::text FROM outbox
            WHERE state = 'deferred' AND available_at < now() - interval '10 minutes'""",
    ),
    Invariant(
        "no_engineer_in_two_places",
        "没有工程师同时在两处",
        """SELECT a.id::text FROM visits a JOIN visits b
               ON b.engineer_id = a.engineer_id AND b.id > a.id AND a.planned && b.planned
            WHERE a.state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')
              AND b.state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')""",
    ),
    Invariant(
        "visits_end_with_an_event",
        "每次结束了的上门都有使它结束的事件，还在进行的没有",
        f"""SELECT v.id::text FROM visits v
             LEFT JOIN ticket_events e ON e.ticket_id = v.ticket_id AND e.seq = v.ended_seq
            WHERE v.ended_seq IS NOT NULL AND (e.seq IS NULL OR v.{LIVE_VISITS})""",
    ),
    Invariant(
        "one_rating_by_the_owner",
        "评价由工单的主人作出，且工单确已完成",
        """SELECT t.number FROM ratings r JOIN tickets t ON t.id = r.ticket_id
            WHERE r.customer_id <> t.customer_id
               OR NOT EXISTS (SELECT FROM completions c WHERE c.ticket_id = t.id)""",
    ),
    Invariant(
        "charge_as_approved",
        "收费不超过客户同意的报价",
        """SELECT t.number FROM completions c JOIN tickets t ON t.id = c.ticket_id
            WHERE c.charge_fen > coalesce((SELECT max(q.total_fen) FROM quotes q
                                            WHERE q.ticket_id = t.id AND q.state IN ('approved', 'void')), 0)""",
    ),
    Invariant(
        "receipt_as_charged",
        "收据上的金额就是收取的金额",
        """SELECT t.number FROM receipts r JOIN tickets t ON t.id = r.ticket_id
             JOIN completions c ON c.ticket_id = r.ticket_id AND c.seq = r.seq
            WHERE c.charge_fen <> r.total_fen""",
    ),
    Invariant(
        "call_out_as_told",
        "上门费不超过预约前告知的金额，且只收一次",
        """SELECT t.number FROM receipts r JOIN tickets t ON t.id = r.ticket_id
            GROUP BY t.id HAVING sum(r.call_out_fen) > coalesce(t.call_out_fen, 0)
               AND bool_or(r.call_out_fen > 0)""",
    ),
    Invariant(
        "empty_trip_as_told",
        "空跑费不超过预约前告知的金额，只在到访未遇或出发后取消时收，且都有收据",
        """SELECT t.number FROM empty_trips e JOIN tickets t ON t.id = e.ticket_id
             JOIN visits v ON v.id = e.visit_id
             LEFT JOIN receipts r ON r.ticket_id = e.ticket_id AND r.seq = e.seq
            WHERE e.fee_fen > t.empty_trip_fen OR v.state NOT IN ('no_access', 'cancelled')
               OR v.ticket_id <> e.ticket_id OR r.total_fen IS DISTINCT FROM e.fee_fen""",
    ),
    Invariant(
        "prices_as_published",
        "报价中没有一项高于当时公示的价格",
        """SELECT t.number || '#' || q.version FROM quotes q JOIN tickets t ON t.id = q.ticket_id,
                  jsonb_to_recordset(q.lines) AS l (code text, unit_price_fen bigint, list_version bigint)
            WHERE l.list_version > 0 AND l.unit_price_fen > coalesce(
                  (SELECT coalesce(o.unit_price_fen, i.unit_price_fen) FROM price_items i
                     LEFT JOIN price_overrides o ON o.list_version = i.list_version AND o.code = i.code
                                                AND o.city = t.address->>'city'
                    WHERE i.list_version = l.list_version AND i.code = l.code), 0)""",
    ),
    Invariant(
        "variation_adds_to_what_stands",
        "追加报价待定时，原先同意的报价仍然有效",
        """SELECT t.number FROM quotes q JOIN tickets t ON t.id = q.ticket_id JOIN quotes b ON b.id = q.base_id
            WHERE q.state IN ('pending', 'in_review', 'returned') AND (b.state <> 'approved' OR b.ticket_id <> t.id)""",
    ),
    Invariant(
        "clocks_open_as_the_state_says",
        "计时与状态一致：已了结的工单没有走着的钟，其余恰有法定时钟在走",
        """SELECT t.number FROM tickets t
            WHERE (t.state IN ('completed', 'confirmed', 'unresolved', 'closed', 'cancelled', 'rejected', 'merged'))
                  = EXISTS (SELECT FROM clock_segments c WHERE c.ticket_id = t.id AND c.clock = 'legal'
                               AND c.ended_at IS NULL)""",
    ),
    Invariant(
        "nothing_leased_by_the_dead",
        "没有被已死进程占着的推送",
        """SELECT id::text FROM outbox WHERE state = 'leased' AND lease_until < now() - interval '60 seconds'""",
    ),
    Invariant(
        "nothing_left_with_the_merged",
        "已并入他人的客户名下没有遗留",
        LEFT_BEHIND,
    ),
    Invariant(
        "messages_are_told",
        "每条留言在工单时间线上有且只有一行",
        """SELECT t.number FROM tickets t
            WHERE (SELECT count(*) FROM ticket_messages m WHERE m.ticket_id = t.id AND m.author <> 'system')
                  > (SELECT count(*) FROM ticket_events e WHERE e.ticket_id = t.id AND e.event = 'message')""",
    ),
    Invariant(
        "stock_adds_up",
        "库存等于流水之和",
        """SELECT part_code || ' ' || place_id FROM stock s
             FULL JOIN (SELECT place_id, part_code, sum(on_hand) AS on_hand, sum(reserved) AS reserved,
                               sum(defective) AS defective FROM stock_entries GROUP BY 1, 2) e
                  USING (place_id, part_code)
            WHERE (coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.defective, 0))
                  <> (coalesce(e.on_hand, 0), coalesce(e.reserved, 0), coalesce(e.defective, 0))""",
    ),
    Invariant(
        "nothing_reserved_for_the_settled",
        "已了结的工单没有占着配件",
        """SELECT t.number FROM stock_entries e JOIN tickets t ON t.id = e.ticket_id
            WHERE t.state IN ('completed', 'confirmed', 'unresolved', 'closed', 'cancelled', 'rejected', 'merged')
            GROUP BY t.id HAVING sum(e.reserved) <> 0""",
    ),
    Invariant(
        "seals_unbroken",
        "客户确认时封存的现场凭证没有被改动过",
        BROKEN_SEALS,
    ),
    Invariant(
        "calls_follow_an_end",
        "每个回访都对应一次完工或未能修复，工单重新处理后不再欠回访",
        """SELECT t.number FROM follow_ups f JOIN tickets t ON t.id = f.ticket_id
             LEFT JOIN ticket_events e ON e.ticket_id = f.ticket_id AND e.seq = f.seq
            WHERE e.event IS NULL OR e.event NOT IN ('finish', 'resolve_remote', 'fail')
               OR (f.state = 'open' AND t.state NOT IN ('completed', 'confirmed', 'unresolved', 'closed'))""",
    ),
    Invariant(
        "merges_lead_somewhere",
        "已合并的工单指向另一张工单，未撤销的合并记录与之一致",
        """SELECT t.number FROM tickets t
             LEFT JOIN ticket_merges m ON m.ticket_id = t.id AND m.undone_at IS NULL
            WHERE (t.state = 'merged') <> (t.merged_into IS NOT NULL)
               OR (m.into_id IS NOT NULL AND m.into_id IS DISTINCT FROM t.merged_into)""",
    ),
    Invariant(
        "complaints_are_watched",
        "每个未结案的投诉都有人会再看：未超时的有提醒时间，超时的已升级",
        """SELECT t.number FROM complaint_cases c JOIN tickets t ON t.id = c.ticket_id
            WHERE c.state <> 'closed' AND c.wake_at IS NULL AND c.escalated_at IS NULL AND c.due_at > now()""",
    ),
    Invariant(
        "complaints_have_their_steps",
        "每个投诉的步骤从 1 起连续，第一步是立案",
        """SELECT c.id::text FROM complaint_cases c LEFT JOIN case_steps s ON s.case_id = c.id
            GROUP BY c.id HAVING count(s.n) <> coalesce(max(s.n), 0) OR count(s.n) = 0
                OR count(*) FILTER (WHERE s.n = 1 AND s.kind = 'opened') <> 1""",
    ),
    Invariant(
        "incidents_are_watched",
        "每个未结束的专案组都有人会再看：通报或复盘到期会提醒",
        """SELECT number FROM incidents
            WHERE state IN ('open', 'fixing', 'watching', 'resolved') AND wake_at IS NULL""",
    ),
    Invariant(
        "incident_tickets_end_with_it",
        "已排除的专案组没有工单，其时间线从 1 起连续",
        """SELECT i.number FROM incidents i LEFT JOIN incident_entries e ON e.incident_id = i.id
            GROUP BY i.id HAVING count(e.n) <> coalesce(max(e.n), 0) OR count(e.n) = 0
                OR (i.state = 'dismissed' AND EXISTS (
                    SELECT FROM incident_tickets x WHERE x.incident_id = i.id AND x.ended_at IS NULL))""",
    ),
    Invariant(
        "levels_are_told_once",
        "每次时限预警和升级在工单时间线上有且只有一行",
        """SELECT t.number FROM service_level_events l JOIN tickets t ON t.id = l.ticket_id
            WHERE l.told AND (SELECT count(*) FROM ticket_events e
                               WHERE e.ticket_id = l.ticket_id AND e.event IN ('level_warning', 'level_escalated')
                                 AND e.data->>'metric' = l.metric AND e.data->>'mark' = l.mark
                                 AND (e.data->>'from_seq')::bigint = l.from_seq) <> 1""",
    ),
    Invariant(
        "offers_match_tickets",
        "待接单的工单有且只有一个有效派单",
        """SELECT t.number FROM tickets t LEFT JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
            WHERE (t.state = 'offered') <> (o.id IS NOT NULL)""",
    ),
)


@dataclass(frozen=True)
class Finding:
    invariant: Invariant
    examples: tuple[str, ...]


async def examine(connection: asyncpg.Connection) -> list[Finding]:
    """The broken ones, each with up to five examples; an empty list is good health."""
    found = []
    for invariant in INVARIANTS:
        rows = await connection.fetch(f"{invariant.query} LIMIT 5")
        if rows:
            found.append(Finding(invariant, tuple(str(row[0]) for row in rows)))
    return found
