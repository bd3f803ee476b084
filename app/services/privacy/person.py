"""What goes of a person when his account does, but for what lies on his tickets. ``$1`` are the ids of his rows:
his own, and those of whoever turned out to be him. Each statement may run twice.
"""

from app.services.privacy.erasure import Erasure

_HIS_OPENIDS = (
    "(appid, openid) IN (SELECT appid, openid FROM wechat_identities WHERE customer_id = ANY ($1::uuid[]))"
)

# In this order: what is found through his openids and appliances goes before them.
OF_PERSON: tuple[Erasure, ...] = (
    Erasure("callbacks", f"DELETE FROM wechat_inbound WHERE {_HIS_OPENIDS}"),
    Erasure("card_consents", f"DELETE FROM consent_entries WHERE {_HIS_OPENIDS}"),
    Erasure("card_consents", f"DELETE FROM consent_balances WHERE {_HIS_OPENIDS}"),
    Erasure("reply_windows", f"DELETE FROM reply_windows WHERE {_HIS_OPENIDS}"),
    Erasure("trials", f"DELETE FROM template_trials WHERE {_HIS_OPENIDS}"),
    Erasure("identities", "DELETE FROM wechat_identities WHERE customer_id = ANY ($1::uuid[])"),
    Erasure("sessions", "DELETE FROM sessions WHERE customer_id = ANY ($1::uuid[])"),
    Erasure("wishes", "DELETE FROM call_refusals WHERE customer_id = ANY ($1::uuid[])"),
    Erasure("wishes", "DELETE FROM engineer_bans WHERE customer_id = ANY ($1::uuid[])"),
    Erasure("checks", "DELETE FROM content_checks WHERE customer_id = ANY ($1::uuid[])"),
    # Who is left in a household he managed goes on with it, under a name that is not his.
    Erasure(
        "households",
        """
        UPDATE households h SET name = '家庭', owner_id = next.customer_id
          FROM (SELECT DISTINCT ON (m.household_id) m.household_id, m.customer_id FROM household_members m
                 WHERE m.customer_id <> ALL ($1::uuid[]) ORDER BY m.household_id, m.joined_at, m.id) next
         WHERE next.household_id = h.id AND h.owner_id = ANY ($1::uuid[])
        """,
    ),
    Erasure("households", "DELETE FROM households WHERE owner_id = ANY ($1::uuid[])"),
    Erasure("households", "DELETE FROM household_members WHERE customer_id = ANY ($1::uuid[])"),
    Erasure(
        "transfers",
        """
        UPDATE asset_transfers SET withdrawn_at = $2
         WHERE from_customer_id = ANY ($1::uuid[]) AND accepted_at IS NULL AND withdrawn_at IS NULL
        """,
    ),
    Erasure(
        "labels",
        """
        DELETE FROM qr_scenes WHERE purpose = 'appliance_label' AND subject->>'serial_number' IN
               (SELECT serial_number FROM assets WHERE customer_id = ANY ($1::uuid[]) AND serial_number <> '')
        """,
    ),
    Erasure(
        "assets",
        """
        UPDATE assets SET serial_number = '', plate_number = '', name = '', room = '', address = NULL,
               household_id = NULL
         WHERE customer_id = ANY ($1::uuid[])
        """,
    ),
    Erasure(
        "files",
        """
        WITH papers AS (
            DELETE FROM attachments a
             WHERE a.ticket_id IS NULL AND a.visit_id IS NULL
               AND (a.customer_id = ANY ($1::uuid[])
                    OR a.asset_id IN (SELECT id FROM assets WHERE customer_id = ANY ($1::uuid[])))
         RETURNING a.id
        )
        INSERT INTO file_removals (attachment_id, asked_at) SELECT id, $2 FROM papers ON CONFLICT DO NOTHING
        """,
    ),
    Erasure(
        "merges",
        """
        UPDATE customer_merges SET reason = '', undone_reason = CASE WHEN undone_at IS NOT NULL THEN '' END
         WHERE customer_id = ANY ($1::uuid[]) OR into_id = ANY ($1::uuid[])
        """,
    ),
    # What he earned and when stays with its causes; why somebody corrected it are words.
    Erasure(
        "points",
        "UPDATE member_points SET note = '' WHERE customer_id = ANY ($1::uuid[]) AND note <> ''",
    ),
    # Who looked, when and at what stays: that is the log. What he wrote down as his reason may name the person.
    Erasure(
        "log",
        """
        UPDATE audit_log l SET reason = '' FROM unnest($1::uuid[]) AS who
         WHERE l.reason <> '' AND (l.actor_id = who::text OR strpos(l.subject, who::text) > 0
                                   OR l.subject IN (SELECT id::text FROM assets WHERE customer_id = who))
        """,
    ),
    Erasure(
        "answers",
        """
        DELETE FROM idempotency_keys k USING unnest($1::uuid[]) AS who
         WHERE k.scope LIKE '%:customer:' || who OR strpos(k.response::text, who::text) > 0
        """,
    ),
    Erasure(
        "profile",
        """
        UPDATE customers SET nickname = '', nickname_chosen_at = NULL, phone = '', phone_source = NULL,
               phone_verified_at = NULL, preferences = NULL, erased_at = $2
         WHERE id = ANY ($1::uuid[])
        """,
    ),
)
