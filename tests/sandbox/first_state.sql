-- The tables of the first sandbox, whose state files demos still keep.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (appid TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, nickname TEXT NOT NULL, phone TEXT NOT NULL, role TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS identities (
    appid TEXT NOT NULL, openid TEXT NOT NULL, user_id TEXT NOT NULL, unionid TEXT,
    follows INTEGER NOT NULL DEFAULT 0, followed_at REAL, subscribe_scene TEXT NOT NULL DEFAULT '',
    qr_scene TEXT NOT NULL DEFAULT '', blacklisted INTEGER NOT NULL DEFAULT 0,
    blocked_push INTEGER NOT NULL DEFAULT 0, last_visit_at REAL,
    PRIMARY KEY (appid, openid), UNIQUE (appid, user_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reply_windows (
    appid TEXT NOT NULL, openid TEXT NOT NULL, kind TEXT NOT NULL,
    remaining INTEGER NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (appid, openid, kind)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tokens (
    value TEXT PRIMARY KEY, appid TEXT NOT NULL, kind TEXT NOT NULL, issued_at REAL NOT NULL,
    expires_at REAL NOT NULL, forced INTEGER NOT NULL DEFAULT 0, revoked_at REAL, openid TEXT, scope TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of_account ON tokens (appid, kind, issued_at);
CREATE TABLE IF NOT EXISTS codes (
    value TEXT PRIMARY KEY, kind TEXT NOT NULL, appid TEXT NOT NULL, user_id TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT '', expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS qrcodes (
    ticket TEXT PRIMARY KEY, appid TEXT NOT NULL, scene TEXT NOT NULL, expires_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS qrcodes_of_scene ON qrcodes (appid, scene);
CREATE TABLE IF NOT EXISTS quotas (
    appid TEXT NOT NULL, path TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (appid, path, day)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, msgid INTEGER UNIQUE, channel TEXT NOT NULL, appid TEXT NOT NULL,
    openid TEXT NOT NULL, user_id TEXT NOT NULL, template_id TEXT, title TEXT NOT NULL DEFAULT '',
    rows TEXT NOT NULL DEFAULT '[]', text TEXT NOT NULL DEFAULT '', url TEXT, miniprogram TEXT,
    client_msg_id TEXT, status TEXT NOT NULL, sent_at REAL NOT NULL,
    accepted_at REAL NOT NULL, delivered_at REAL, tapped_at REAL
);
CREATE INDEX IF NOT EXISTS messages_of_openid ON messages (openid, id);
CREATE INDEX IF NOT EXISTS messages_of_user ON messages (user_id, id);
CREATE INDEX IF NOT EXISTS messages_delivered ON messages (delivered_at);
CREATE INDEX IF NOT EXISTS messages_by_client_id ON messages (appid, openid, client_msg_id)
    WHERE client_msg_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, appid TEXT NOT NULL, openid TEXT NOT NULL, event TEXT NOT NULL,
    body TEXT NOT NULL, created_at REAL NOT NULL, due_at REAL NOT NULL, status TEXT NOT NULL,
    attempts TEXT NOT NULL DEFAULT '[]', message_id INTEGER, bad_signature INTEGER NOT NULL DEFAULT 0,
    wants_reply INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS callbacks_pending ON callbacks (due_at) WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rid TEXT NOT NULL, at REAL NOT NULL, ms REAL NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL, client TEXT NOT NULL,
    appid TEXT, openid TEXT, template_id TEXT, client_msg_id TEXT, msgid INTEGER, errcode INTEGER,
    deduplicated INTEGER NOT NULL, faults TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_by_rid ON calls (rid);
