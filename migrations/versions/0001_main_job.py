"""main job"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The exclusion constraint on visits compares an id with "=" inside a GiST index.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index('ix_audit_log_at', 'audit_log', ['at'], unique=False)
    op.create_table('customers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('nickname', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers'))
    )
    op.create_table('idempotency_keys',
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('response', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_index('ix_idempotency_keys_created_at', 'idempotency_keys', ['created_at'], unique=False)
    op.create_table('price_items',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('unit_price_fen', sa.BigInteger(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('call_out', 'labour', 'part')", name=op.f('ck_price_items_kind')),
    sa.CheckConstraint('unit_price_fen >= 0', name=op.f('ck_price_items_price')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_price_items'))
    )
    op.create_table('products',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('brand', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('warranty_months', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_products')),
    sa.UniqueConstraint('brand', 'model', name=op.f('uq_products_brand_model'))
    )
    op.create_table('service_points',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('districts', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_points')),
    sa.UniqueConstraint('name', name=op.f('uq_service_points_name'))
    )
    op.create_table('sign_in_guards',
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_sign_in_guards'))
    )
    op.create_index('ix_sign_in_guards_since', 'sign_in_guards', ['since'], unique=False)
    op.create_table('wechat_inbound',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('dedup_key', sa.LargeBinary(), nullable=False),
    sa.Column('appid', sa.Text(), nullable=False),
    sa.Column('openid', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wechat_inbound')),
    sa.UniqueConstraint('dedup_key', name=op.f('uq_wechat_inbound_dedup_key'))
    )
    op.create_index('ix_wechat_inbound_received_at', 'wechat_inbound', ['received_at'], unique=False)
    op.create_index('ix_wechat_inbound_unhandled', 'wechat_inbound', ['id'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_table('wechat_tokens',
    sa.Column('appid', sa.Text(), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refreshing_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('appid', name=op.f('pk_wechat_tokens'))
    )
    op.create_table('assets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('brand', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('serial_number', sa.Text(), nullable=False),
    sa.Column('plate_number', sa.Text(), nullable=False),
    sa.Column('purchased_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('appliance', 'vehicle')", name=op.f('ck_assets_kind')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_assets_customer_id_customers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assets'))
    )
    op.create_index('ix_assets_customer_id', 'assets', ['customer_id'], unique=False)
    op.create_index('uq_assets_customer_serial', 'assets', ['customer_id', 'serial_number'], unique=True, postgresql_where=sa.text("serial_number <> ''"))
    op.create_table('staff',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('service_point_id', sa.Uuid(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("role IN ('engineer', 'agent', 'manager', 'admin')", name=op.f('ck_staff_role')),
    sa.ForeignKeyConstraint(['service_point_id'], ['service_points.id'], name=op.f('fk_staff_service_point_id_service_points')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('username', name=op.f('uq_staff_username'))
    )
    op.create_table('engineers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('employee_no', sa.Text(), nullable=False),
    sa.Column('photo_url', sa.Text(), nullable=False),
    sa.Column('skills', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('licences', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('areas', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180', name=op.f('ck_engineers_home')),
    sa.ForeignKeyConstraint(['id'], ['staff.id'], name=op.f('fk_engineers_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engineers')),
    sa.UniqueConstraint('employee_no', name=op.f('uq_engineers_employee_no'))
    )
    op.create_index('ix_engineers_skills', 'engineers', ['skills'], unique=False, postgresql_using='gin')
    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("audience IN ('customer', 'staff')", name=op.f('ck_sessions_audience')),
    sa.CheckConstraint('(customer_id IS NULL) <> (staff_id IS NULL)', name=op.f('ck_sessions_one_subject')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_sessions_customer_id_customers')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_sessions_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions'))
    )
    op.create_index('ix_sessions_expires_at', 'sessions', ['expires_at'], unique=False)
    op.create_table('wechat_identities',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('appid', sa.Text(), nullable=False),
    sa.Column('openid', sa.Text(), nullable=False),
    sa.Column('unionid', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('follows', sa.Boolean(), nullable=False),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unreachable_reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('customer_id IS NULL OR staff_id IS NULL', name=op.f('ck_wechat_identities_one_owner')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_wechat_identities_customer_id_customers')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_wechat_identities_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wechat_identities')),
    sa.UniqueConstraint('appid', 'openid', name=op.f('uq_wechat_identities_appid_openid'))
    )
    op.create_index('ix_wechat_identities_customer_id', 'wechat_identities', ['customer_id'], unique=False)
    op.create_index('ix_wechat_identities_staff_id', 'wechat_identities', ['staff_id'], unique=False)
    op.create_index('ix_wechat_identities_unionid', 'wechat_identities', ['unionid'], unique=False)
    op.create_table('rosters',
    sa.Column('engineer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('shift', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_rosters_engineer_id_engineers')),
    sa.PrimaryKeyConstraint('engineer_id', 'day', name=op.f('pk_rosters'))
    )
    op.create_table('tickets',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('seq', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('service_type', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('brand', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('serial_number', sa.Text(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('on_site', sa.Boolean(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=False),
    sa.Column('warranty', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('service_point_id', sa.Uuid(), nullable=True),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('contact_name', sa.Text(), nullable=False),
    sa.Column('contact_phone', sa.Text(), nullable=False),
    sa.Column('address', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('preferred_windows', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('diagnosis', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('required_skill', sa.Text(), nullable=False),
    sa.Column('required_licences', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('standard_minutes', sa.BigInteger(), server_default=sa.text('60'), nullable=False),
    sa.Column('missing', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('engineer_id', sa.Uuid(), nullable=True),
    sa.Column('visit_id', sa.BigInteger(), nullable=True),
    sa.Column('offer_id', sa.BigInteger(), nullable=True),
    sa.Column('quote_id', sa.BigInteger(), nullable=True),
    sa.Column('declined_by', postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('rebooked_by_customer', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('reopened', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('urged', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('parts_due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resume_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into', sa.BigInteger(), nullable=True),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('promise', sa.Text(), nullable=False),
    sa.Column('wake_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wake_step', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("priority IN ('normal', 'urgent', 'critical', 'systemic')", name=op.f('ck_tickets_priority')),
    sa.CheckConstraint("service_type IN ('repair', 'installation', 'cleaning', 'maintenance', 'consultation', 'complaint')", name=op.f('ck_tickets_service_type')),
    sa.CheckConstraint("state IN ('submitted', 'pending_info', 'dispatching', 'offered', 'accepted', 'scheduled', 'en_route', 'on_site', 'quote_pending', 'in_repair', 'waiting_parts', 'suspended', 'completed', 'confirmed', 'closed', 'cancelled', 'rejected', 'unresolved', 'merged')", name=op.f('ck_tickets_state')),
    sa.CheckConstraint("warranty IN ('in', 'out', 'unknown')", name=op.f('ck_tickets_warranty')),
    sa.CheckConstraint('version >= 1 AND seq >= 1', name=op.f('ck_tickets_counted')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_tickets_asset_id_assets')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_tickets_customer_id_customers')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_tickets_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['merged_into'], ['tickets.id'], name=op.f('fk_tickets_merged_into_tickets')),
    sa.ForeignKeyConstraint(['service_point_id'], ['service_points.id'], name=op.f('fk_tickets_service_point_id_service_points')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('number', name=op.f('uq_tickets_number')),
    postgresql_with={'fillfactor': 80}
    )
    op.create_index('ix_tickets_customer_id_id', 'tickets', ['customer_id', 'id'], unique=False)
    op.create_index('ix_tickets_engineer_id_id', 'tickets', ['engineer_id', 'id'], unique=False)
    op.create_index('ix_tickets_pool', 'tickets', ['category', 'id'], unique=False, postgresql_where=sa.text("state IN ('dispatching', 'offered')"))
    op.create_index('ix_tickets_wake_at', 'tickets', ['wake_at'], unique=False, postgresql_where=sa.text('wake_at IS NOT NULL'))
    op.create_table('attachments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('width', sa.BigInteger(), nullable=False),
    sa.Column('height', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('report', 'before', 'after', 'no_access', 'dispute', 'rating')", name=op.f('ck_attachments_purpose')),
    sa.CheckConstraint('(customer_id IS NULL) <> (staff_id IS NULL)', name=op.f('ck_attachments_one_uploader')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_attachments_customer_id_customers')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_attachments_staff_id_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_attachments_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    op.create_index('ix_attachments_ticket_id', 'attachments', ['ticket_id'], unique=False, postgresql_where=sa.text('ticket_id IS NOT NULL'))
    op.create_index('ix_attachments_unused', 'attachments', ['created_at'], unique=False, postgresql_where=sa.text('ticket_id IS NULL'))
    op.create_table('clock_segments',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('clock', sa.Text(), nullable=False),
    sa.Column('from_seq', sa.BigInteger(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("clock IN ('response', 'resolution', 'legal')", name=op.f('ck_clock_segments_clock')),
    sa.CheckConstraint("mode IN ('run', 'pause')", name=op.f('ck_clock_segments_mode')),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= started_at', name=op.f('ck_clock_segments_forward')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_clock_segments_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('ticket_id', 'clock', 'from_seq', name=op.f('pk_clock_segments'))
    )
    op.create_index('uq_clock_segments_open', 'clock_segments', ['ticket_id', 'clock'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('offers',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('engineer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('cost_minutes', sa.Double(), nullable=True),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('runners_up', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('suggested', postgresql.TSTZRANGE(), nullable=True),
    sa.Column('decline_reason', sa.Text(), nullable=True),
    sa.Column('offered_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')", name=op.f('ck_offers_state')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_offers_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_offers_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers'))
    )
    op.create_index('ix_offers_engineer_open', 'offers', ['engineer_id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_offers_ticket_id', 'offers', ['ticket_id'], unique=False)
    op.create_index('uq_offers_open', 'offers', ['ticket_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('recipient_id', sa.Uuid(), nullable=False),
    sa.Column('slots', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('client_msg_id', sa.Uuid(), nullable=False),
    sa.Column('uncertain_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('msgid', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('trace_id', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(lease_until IS NOT NULL) = (state = 'leased')", name=op.f('ck_outbox_lease')),
    sa.CheckConstraint("state IN ('queued', 'leased', 'accepted', 'delivered', 'in_review', 'dead', 'superseded')", name=op.f('ck_outbox_state')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_outbox_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('ticket_id', 'seq', 'recipient_id', 'kind', name=op.f('uq_outbox_ticket_id_seq_recipient_id_kind')),
    postgresql_with={'fillfactor': 80, 'autovacuum_analyze_scale_factor': 0, 'autovacuum_analyze_threshold': 500, 'autovacuum_vacuum_scale_factor': 0.02}
    )
    op.create_index('ix_outbox_dead', 'outbox', ['id'], unique=False, postgresql_where=sa.text("state = 'dead'"))
    op.create_index('ix_outbox_due', 'outbox', ['available_at', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'leased')"))
    op.create_index('ix_outbox_in_hand', 'outbox', ['recipient_id'], unique=False, postgresql_where=sa.text("state = 'leased'"))
    op.create_index('ix_outbox_lane', 'outbox', ['ticket_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'leased')"))
    op.create_index('ix_outbox_msgid', 'outbox', ['msgid'], unique=False, postgresql_where=sa.text('msgid IS NOT NULL'))
    op.create_table('part_orders',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('ordered_by', sa.Uuid(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_part_orders_quantity')),
    sa.ForeignKeyConstraint(['ordered_by'], ['engineers.id'], name=op.f('fk_part_orders_ordered_by_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_part_orders_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_part_orders'))
    )
    op.create_index('ix_part_orders_ticket_id', 'part_orders', ['ticket_id'], unique=False)
    op.create_table('quotes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('engineer_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'approved', 'declined', 'void')", name=op.f('ck_quotes_state')),
    sa.CheckConstraint('total_fen >= 0', name=op.f('ck_quotes_total')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_quotes_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_quotes_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quotes')),
    sa.UniqueConstraint('ticket_id', 'version', name=op.f('uq_quotes_ticket_id_version'))
    )
    op.create_index('uq_quotes_approved', 'quotes', ['ticket_id'], unique=True, postgresql_where=sa.text("state = 'approved'"))
    op.create_index('uq_quotes_pending', 'quotes', ['ticket_id'], unique=True, postgresql_where=sa.text("state = 'pending'"))
    op.create_table('ratings',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('engineer_id', sa.Uuid(), nullable=True),
    sa.Column('attitude', sa.BigInteger(), nullable=False),
    sa.Column('expertise', sa.BigInteger(), nullable=False),
    sa.Column('timeliness', sa.BigInteger(), nullable=False),
    sa.Column('conduct', sa.BigInteger(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('attitude BETWEEN 1 AND 5', name=op.f('ck_ratings_attitude')),
    sa.CheckConstraint('conduct BETWEEN 1 AND 5', name=op.f('ck_ratings_conduct')),
    sa.CheckConstraint('expertise BETWEEN 1 AND 5', name=op.f('ck_ratings_expertise')),
    sa.CheckConstraint('timeliness BETWEEN 1 AND 5', name=op.f('ck_ratings_timeliness')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_ratings_customer_id_customers')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_ratings_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ratings_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ratings'))
    )
    op.create_index('ix_ratings_engineer_id', 'ratings', ['engineer_id'], unique=False)
    op.create_table('ticket_events',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("actor_role IN ('customer', 'agent', 'engineer', 'manager', 'admin', 'system')", name=op.f('ck_ticket_events_actor_role')),
    sa.CheckConstraint("state IN ('submitted', 'pending_info', 'dispatching', 'offered', 'accepted', 'scheduled', 'en_route', 'on_site', 'quote_pending', 'in_repair', 'waiting_parts', 'suspended', 'completed', 'confirmed', 'closed', 'cancelled', 'rejected', 'unresolved', 'merged')", name=op.f('ck_ticket_events_state')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_events_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('ticket_id', 'seq', name=op.f('pk_ticket_events'))
    )
    op.create_table('urgings',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('promise', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_urgings_customer_id_customers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_urgings_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urgings'))
    )
    op.create_index('ix_urgings_ticket_id_at', 'urgings', ['ticket_id', 'at'], unique=False)
    op.create_table('visits',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('engineer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('promised', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('planned', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('arrival_code', sa.Text(), nullable=False),
    sa.Column('departed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    postgresql.ExcludeConstraint((sa.column('engineer_id'), '='), (sa.column('planned'), '&&'), where=sa.text("state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')"), deferrable=True, initially='IMMEDIATE', using='gist', name='ex_visits_engineer_planned'),
    sa.CheckConstraint("state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working', 'done', 'no_access', 'engineer_no_show', 'rescheduled', 'cancelled')", name=op.f('ck_visits_state')),
    sa.CheckConstraint('NOT isempty(promised) AND NOT isempty(planned)', name=op.f('ck_visits_times')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_visits_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_visits_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    op.create_index('ix_visits_engineer_id_finished_at', 'visits', ['engineer_id', 'finished_at'], unique=False)
    op.create_index('ix_visits_ticket_id', 'visits', ['ticket_id'], unique=False)
    op.create_index('uq_visits_live', 'visits', ['ticket_id'], unique=True, postgresql_where=sa.text("state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')"))
    op.create_table('completions',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=True),
    sa.Column('engineer_id', sa.Uuid(), nullable=True),
    sa.Column('fault_code', sa.Text(), nullable=False),
    sa.Column('solution', sa.Text(), nullable=False),
    sa.Column('parts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('old_parts', sa.Text(), nullable=False),
    sa.Column('charge_fen', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineers.id'], name=op.f('fk_completions_engineer_id_engineers')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_completions_ticket_id_tickets')),
    sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name=op.f('fk_completions_visit_id_visits')),
    sa.PrimaryKeyConstraint('ticket_id', 'seq', name=op.f('pk_completions'))
    )
    op.create_index('ix_completions_engineer_id_finished_at', 'completions', ['engineer_id', 'finished_at'], unique=False)
    op.create_table('push_attempts',
    sa.Column('push_id', sa.BigInteger(), nullable=False),
    sa.Column('fence', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('errcode', sa.BigInteger(), nullable=True),
    sa.Column('errmsg', sa.Text(), nullable=True),
    sa.Column('rid', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['push_id'], ['outbox.id'], name=op.f('fk_push_attempts_push_id_outbox')),
    sa.PrimaryKeyConstraint('push_id', 'fence', name=op.f('pk_push_attempts')),
    postgresql_with={'fillfactor': 80}
    )


def downgrade() -> None:
    op.drop_table('push_attempts')
    op.drop_index('ix_completions_engineer_id_finished_at', table_name='completions')
    op.drop_table('completions')
    op.drop_index('uq_visits_live', table_name='visits', postgresql_where=sa.text("state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')"))
    op.drop_index('ix_visits_ticket_id', table_name='visits')
    op.drop_index('ix_visits_engineer_id_finished_at', table_name='visits')
    op.drop_table('visits')
    op.drop_index('ix_urgings_ticket_id_at', table_name='urgings')
    op.drop_table('urgings')
    op.drop_table('ticket_events')
    op.drop_index('ix_ratings_engineer_id', table_name='ratings')
    op.drop_table('ratings')
    op.drop_index('uq_quotes_pending', table_name='quotes', postgresql_where=sa.text("state = 'pending'"))
    op.drop_index('uq_quotes_approved', table_name='quotes', postgresql_where=sa.text("state = 'approved'"))
    op.drop_table('quotes')
    op.drop_index('ix_part_orders_ticket_id', table_name='part_orders')
    op.drop_table('part_orders')
    op.drop_index('ix_outbox_msgid', table_name='outbox', postgresql_where=sa.text('msgid IS NOT NULL'))
    op.drop_index('ix_outbox_lane', table_name='outbox', postgresql_where=sa.text("state IN ('queued', 'leased')"))
    op.drop_index('ix_outbox_in_hand', table_name='outbox', postgresql_where=sa.text("state = 'leased'"))
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where=sa.text("state IN ('queued', 'leased')"))
    op.drop_index('ix_outbox_dead', table_name='outbox', postgresql_where=sa.text("state = 'dead'"))
    op.drop_table('outbox')
    op.drop_index('uq_offers_open', table_name='offers', postgresql_where=sa.text("state = 'open'"))
    op.drop_index('ix_offers_ticket_id', table_name='offers')
    op.drop_index('ix_offers_engineer_open', table_name='offers', postgresql_where=sa.text("state = 'open'"))
    op.drop_table('offers')
    op.drop_index('uq_clock_segments_open', table_name='clock_segments', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('clock_segments')
    op.drop_index('ix_attachments_unused', table_name='attachments', postgresql_where=sa.text('ticket_id IS NULL'))
    op.drop_index('ix_attachments_ticket_id', table_name='attachments', postgresql_where=sa.text('ticket_id IS NOT NULL'))
    op.drop_table('attachments')
    op.drop_index('ix_tickets_wake_at', table_name='tickets', postgresql_where=sa.text('wake_at IS NOT NULL'))
    op.drop_index('ix_tickets_pool', table_name='tickets', postgresql_where=sa.text("state IN ('dispatching', 'offered')"))
    op.drop_index('ix_tickets_engineer_id_id', table_name='tickets')
    op.drop_index('ix_tickets_customer_id_id', table_name='tickets')
    op.drop_table('tickets')
    op.drop_table('rosters')
    op.drop_index('ix_wechat_identities_unionid', table_name='wechat_identities')
    op.drop_index('ix_wechat_identities_staff_id', table_name='wechat_identities')
    op.drop_index('ix_wechat_identities_customer_id', table_name='wechat_identities')
    op.drop_table('wechat_identities')
    op.drop_index('ix_sessions_expires_at', table_name='sessions')
    op.drop_table('sessions')
    op.drop_index('ix_engineers_skills', table_name='engineers', postgresql_using='gin')
    op.drop_table('engineers')
    op.drop_table('staff')
    op.drop_index('uq_assets_customer_serial', table_name='assets', postgresql_where=sa.text("serial_number <> ''"))
    op.drop_index('ix_assets_customer_id', table_name='assets')
    op.drop_table('assets')
    op.drop_table('wechat_tokens')
    op.drop_index('ix_wechat_inbound_unhandled', table_name='wechat_inbound', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_index('ix_wechat_inbound_received_at', table_name='wechat_inbound')
    op.drop_table('wechat_inbound')
    op.drop_index('ix_sign_in_guards_since', table_name='sign_in_guards')
    op.drop_table('sign_in_guards')
    op.drop_table('service_points')
    op.drop_table('products')
    op.drop_table('price_items')
    op.drop_index('ix_idempotency_keys_created_at', table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_table('customers')
    op.drop_index('ix_audit_log_at', table_name='audit_log')
    op.drop_table('audit_log')
