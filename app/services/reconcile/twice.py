"""Figures that are stored although they follow from other rows: each with the query that counts it once more.

A query returns ``key``, ``stored`` and ``counted`` for every row that is compared.
"""

from dataclasses import dataclass

import asyncpg

from app.services.reconcile.difference import Counted, Difference

# As many as anybody reads.
SHOWN = 50


@dataclass(frozen=True)
class Twice:
    name: str
    meaning: str
    query: str


TWICE: tuple[Twice, ...] = (
    Twice(
        "ticket_seq",
        "工单的事件数、版本与状态",
        """
        SELECT t.number AS key, concat_ws(' ', t.seq, t.state) AS stored,
               concat_ws(' ', (SELECT count(*) FROM ticket_events e WHERE e.ticket_id = t.id),
                         (SELECT e.state FROM ticket_events e WHERE e.ticket_id = t.id ORDER BY e.seq DESC LIMIT 1))
                   AS counted
          FROM tickets t
        """,
    ),
    Twice(
        "ticket_urged",
        "工单的催单次数",
        """
        SELECT t.number AS key, t.urged::text AS stored,
               (SELECT count(*) FROM ticket_events e WHERE e.ticket_id = t.id AND e.event = 'urged')::text AS counted
          FROM tickets t
        """,
    ),
    Twice(
        "urgings",
        "催单记录",
        """
        SELECT t.number AS key, (SELECT count(*) FROM urgings u WHERE u.ticket_id = t.id)::text AS stored,
               t.urged::text AS counted
          FROM tickets t WHERE t.urged > 0 OR EXISTS (SELECT FROM urgings u WHERE u.ticket_id = t.id)
        """,
    ),
    Twice(
        "urging_answers",
        "催单的答复时间",
        """
        SELECT concat_ws(' ', t.number, u.n) AS key, coalesce(u.answered_at::text, '') AS stored,
               coalesce((SELECT greatest(u.at, e.at) FROM ticket_events e
                          WHERE e.ticket_id = u.ticket_id AND e.actor_role NOT IN ('customer', 'system')
                            AND e.event NOT IN ('submit', 'decline', 'evidence', 'evidence_withdrawn', 'quote_reviewed',
                                                'warranty_decided', 'complaint_heard', 'merged_in', 'merged_out',
                                                'split_off', 'split_from')
                            AND e.seq > (SELECT max(x.seq) FROM ticket_events x
                                          WHERE x.ticket_id = u.ticket_id AND x.event = 'urged' AND x.at <= u.at)
                          ORDER BY e.seq LIMIT 1)::text, '') AS counted
          FROM urgings u JOIN tickets t ON t.id = u.ticket_id WHERE u.due_at IS NOT NULL AND u.lapsed_at IS NULL
        """,
    ),
    Twice(
        "ticket_reopened",
        "工单的返修次数",
        """
        SELECT t.number AS key, t.reopened::text AS stored,
               (SELECT count(*) FROM ticket_events e
                 WHERE e.ticket_id = t.id AND e.event IN ('reopen', 'dispute'))::text AS counted
          FROM tickets t
        """,
    ),
    Twice(
        "ticket_rebooked",
        "客户改约的次数",
        """
        SELECT t.number AS key, t.rebooked_by_customer::text AS stored,
               (SELECT count(*) FROM ticket_events e
                 WHERE e.ticket_id = t.id AND e.event = 'rebook' AND e.actor_role = 'customer'
                   AND e.seq > coalesce((SELECT max(d.seq) FROM ticket_events d WHERE d.ticket_id = t.id
                                            AND d.state = 'dispatching' AND d.from_state <> d.state), 0))::text
                   AS counted
          FROM tickets t
        """,
    ),
    Twice(
        "completed_at",
        "工单的完工时间",
        """
        SELECT t.number AS key, extract(epoch FROM t.completed_at)::text AS stored,
               extract(epoch FROM max(c.finished_at))::text AS counted
          FROM tickets t JOIN completions c ON c.ticket_id = t.id WHERE t.completed_at IS NOT NULL GROUP BY t.id
        """,
    ),
    Twice(
        "quote_total",
        "报价的合计",
        """
        SELECT t.number || '#' || q.version AS key, q.total_fen::text AS stored,
               coalesce((SELECT sum(l.quantity * l.unit_price_fen - coalesce(l.discount_fen, 0))
                           FROM jsonb_to_recordset(q.lines)
                                AS l (quantity bigint, unit_price_fen bigint, discount_fen bigint)), 0)::text AS counted
          FROM quotes q JOIN tickets t ON t.id = q.ticket_id
        """,
    ),
    Twice(
        "charge",
        "收取的金额与收据",
        """
        SELECT t.number || '#' || c.seq AS key, c.charge_fen::text AS stored, r.total_fen::text AS counted
          FROM completions c JOIN tickets t ON t.id = c.ticket_id
          JOIN receipts r ON r.ticket_id = c.ticket_id AND r.seq = c.seq
        """,
    ),
    Twice(
        "receipt_total",
        "收据上写的金额",
        """
        SELECT t.number || '#' || r.seq AS key, r.total_fen::text AS stored, r.document::jsonb->>'total_fen' AS counted
          FROM receipts r JOIN tickets t ON t.id = r.ticket_id
        """,
    ),
    Twice(
        "charge_approved",
        "收取的金额不超过客户同意的",
        """
        SELECT t.number || '#' || c.seq AS key, c.charge_fen::text AS stored,
               least(c.charge_fen, coalesce((SELECT max(q.total_fen) FROM quotes q
                                              WHERE q.ticket_id = t.id AND q.state IN ('approved', 'void')), 0))::text
                   AS counted
          FROM completions c JOIN tickets t ON t.id = c.ticket_id
        """,
    ),
    Twice(
        "stock",
        "库存与流水",
        """
        SELECT coalesce(s.part_code, e.part_code) || ' ' || coalesce(s.place_id, e.place_id) AS key,
               concat_ws(' ', coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.defective, 0)) AS stored,
               concat_ws(' ', coalesce(e.on_hand, 0), coalesce(e.reserved, 0), coalesce(e.defective, 0)) AS counted
          FROM stock s
          FULL JOIN (SELECT place_id, part_code, sum(on_hand) AS on_hand, sum(reserved) AS reserved,
                            sum(defective) AS defective FROM stock_entries GROUP BY 1, 2) e
               ON e.place_id = s.place_id AND e.part_code = s.part_code
        """,
    ),
    Twice(
        "fitted",
        "装上的配件与出库流水",
        """
        SELECT t.number || ' ' || coalesce(f.part_code, u.part_code) AS key, coalesce(f.n, 0)::text AS stored,
               coalesce(u.n, 0)::text AS counted
          FROM (SELECT ticket_id, part_code, sum(quantity) AS n FROM fitted_parts
                 WHERE part_code IS NOT NULL GROUP BY 1, 2) f
          FULL JOIN (SELECT ticket_id, part_code, -sum(on_hand) AS n FROM stock_entries
                      WHERE reason = 'use' AND ticket_id IS NOT NULL GROUP BY 1, 2) u
               ON u.ticket_id = f.ticket_id AND u.part_code = f.part_code
          JOIN tickets t ON t.id = coalesce(f.ticket_id, u.ticket_id)
        """,
    ),
    Twice(
        "reservations",
        "已了结工单占着的配件",
        """
        SELECT t.number AS key, '0' AS stored, sum(e.reserved)::text AS counted
          FROM stock_entries e JOIN tickets t ON t.id = e.ticket_id
         WHERE t.state IN ('completed', 'confirmed', 'unresolved', 'closed', 'cancelled', 'rejected', 'merged')
         GROUP BY t.id
        """,
    ),
    Twice(
        "consents",
        "可用的订阅次数与流水",
        """
        SELECT concat_ws(' ', coalesce(b.appid, e.appid), coalesce(b.openid, e.openid),
                         coalesce(b.template_id, e.template_id)) AS key,
               coalesce(b.available, 0)::text AS stored, coalesce(e.total, 0)::text AS counted
          FROM consent_balances b
          FULL JOIN (SELECT appid, openid, template_id, sum(delta) AS total FROM consent_entries GROUP BY 1, 2, 3) e
               ON e.appid = b.appid AND e.openid = b.openid AND e.template_id = b.template_id
        """,
    ),
    Twice(
        "member_points",
        "会员积分与来由",
        # What there is to earn for, by the events, the ratings and the appliances themselves; and what is in the ledger
        # for each, what was taken back included.
        """
        WITH causes AS (
            SELECT concat_ws('/', 'confirmed', e.ticket_id, e.seq) AS key, 'confirmed' AS reason, e.at,
                   EXISTS (SELECT FROM ticket_events r WHERE r.ticket_id = e.ticket_id AND r.event = 'reopen'
                                                         AND r.seq > e.seq) AS undone
              FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
             WHERE e.event = 'confirm' AND e.actor_role = 'customer' AND t.on_site
             UNION ALL
            SELECT concat_ws('/', 'rated', r.ticket_id), 'rated', r.created_at, FALSE
              FROM ratings r JOIN tickets t ON t.id = r.ticket_id WHERE t.on_site
             UNION ALL
            SELECT concat_ws('/', 'appliance', a.id), 'appliance', a.registered_at, FALSE
              FROM assets a WHERE a.registered_at IS NOT NULL
        ), ledger AS (
            SELECT concat_ws('/', reason, coalesce(ticket_id::text, asset_id::text), seq) AS key,
                   sum(change) AS points, min(rules_version) AS version,
                   count(*) FILTER (WHERE reverses_id IS NULL) AS awards,
                   bool_and(change = 0) AS beyond
              FROM member_points WHERE reason <> 'correction' GROUP BY 1
        )
        SELECT coalesce(c.key, l.key) AS key, concat_ws(' ', coalesce(l.points, 0), coalesce(l.awards, 0)) AS stored,
               concat_ws(' ', CASE WHEN c.key IS NULL OR c.undone OR l.beyond AND w.most_a_year IS NOT NULL THEN 0
                                   ELSE coalesce(w.points, 0) END,
                         CASE WHEN coalesce(w.points, 0) > 0 OR c.key IS NULL THEN 1 ELSE 0 END) AS counted
          FROM causes c FULL JOIN ledger l ON l.key = c.key
          LEFT JOIN LATERAL (
              SELECT (m.document->'awards'->c.reason->>'points')::bigint AS points,
                     (m.document->'awards'->c.reason->>'most_a_year')::bigint AS most_a_year
                FROM membership_rules m
               WHERE CASE WHEN l.version IS NOT NULL THEN m.version = l.version ELSE m.published_at <= c.at END
               ORDER BY m.version DESC LIMIT 1) w ON TRUE
         WHERE l.key IS NOT NULL OR w.points > 0
        """,
    ),
    Twice(
        "member_points_of",
        "会员积分属于工单的客户",
        """
        SELECT concat_ws(' ', t.number, p.reason, p.id) AS key, p.customer_id::text AS stored,
               t.customer_id::text AS counted
          FROM member_points p JOIN tickets t ON t.id = p.ticket_id
        """,
    ),
    Twice(
        "calls",
        "回访的次数",
        """
        SELECT t.number || '#' || f.seq AS key, f.attempts::text AS stored,
               (SELECT count(*) FROM follow_up_calls c WHERE c.follow_up_id = f.id)::text AS counted
          FROM follow_ups f JOIN tickets t ON t.id = f.ticket_id
        """,
    ),
    Twice(
        "conversations",
        "会话的最后一条消息",
        """
        SELECT t.number AS key, c.last_message_id::text AS stored, max(m.id)::text AS counted
          FROM conversations c JOIN tickets t ON t.id = c.ticket_id
          JOIN ticket_messages m ON m.ticket_id = c.ticket_id GROUP BY t.id, c.ticket_id
        """,
    ),
    Twice(
        "households",
        "家庭的管理人是成员",
        """
        SELECT h.id::text AS key, h.owner_id::text AS stored, m.customer_id::text AS counted
          FROM households h
          LEFT JOIN household_members m ON m.household_id = h.id AND m.customer_id = h.owner_id
        """,
    ),
    Twice(
        "merged",
        "合并的工单",
        """
        SELECT t.number AS key, t.merged_into::text AS stored, m.into_id::text AS counted
          FROM tickets t JOIN ticket_merges m ON m.ticket_id = t.id AND m.undone_at IS NULL
        """,
    ),
    Twice(
        "trends",
        "趋势里每天的件数",
        # Of days that were over for a while when they were counted: what was done without a network is in by then.
        """
        SELECT concat_ws(' ', k.day, f.figure, w.credited) AS key,
               coalesce((SELECT sum(s.cases) FROM trend_figures s
                          WHERE s.day = k.day AND s.credited = w.credited AND s.figure = f.figure), 0)::text AS stored,
               coalesce(h.n, 0)::text AS counted
          FROM trend_days k
         CROSS JOIN (VALUES ('service-points'), ('teams')) w (credited)
         CROSS JOIN (VALUES ('tickets'), ('complaints'), ('urgings'), ('parts')) f (figure)
          LEFT JOIN (SELECT (x.at AT TIME ZONE 'Asia/Shanghai')::date AS day, x.figure, count(*) AS n
                       FROM (SELECT created_at AS at, 'tickets' AS figure FROM tickets
                              UNION ALL SELECT opened_at, 'complaints' FROM complaint_cases
                              UNION ALL SELECT at, 'urgings' FROM urgings
                              UNION ALL SELECT ordered_at, 'parts' FROM part_orders) x GROUP BY 1, 2) h
               ON h.day = k.day AND h.figure = f.figure
         WHERE k.counted_at >= (k.day + 2)::timestamp AT TIME ZONE 'Asia/Shanghai'
        """,
    ),
)


async def count_twice(connection: asyncpg.Connection, twice: Twice) -> Counted:
    compared = await connection.fetchval(f"SELECT count(*) FROM ({twice.query}) x")
    rows = await connection.fetch(
        f"SELECT key, stored, counted FROM ({twice.query}) x WHERE stored IS DISTINCT FROM counted"
        f" ORDER BY key LIMIT {SHOWN}"
    )
    found = tuple(
        Difference(twice.name, row["key"], row["stored"] or "–", row["counted"] or "–") for row in rows
    )
    return Counted(twice.meaning, compared, found)
