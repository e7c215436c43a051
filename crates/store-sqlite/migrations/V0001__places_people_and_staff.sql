-- Places, people, staff, rules, the audit log, and a few values of the store itself.
--
-- Times are whole seconds since the Unix epoch, days are days since 1 January 1970, truth is 0 or 1.
-- Hashes and tokens are 32 bytes. Ids that people may hold on to for longer than the row lives
-- (sessions, messages) are AUTOINCREMENT, so that none is given out twice.

-- Recognises the file as a store of Gapura ("Gapu").
PRAGMA application_id = 1197568117;

-- Values that survive restarts, by name: for example the public key of this store.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The last number given out, by what it numbers. `person`: pseudonyms, which are taken before the
-- person is known (the vault seals for them) and never given twice.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('person', 0);

---------------------------------------------------------------------------------------- places

-- Owners of venues, as a tree. A parent is older than its children and so has the smaller id.
CREATE TABLE organisations (
    id     INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES organisations,
    name   TEXT    NOT NULL,
    since  INTEGER NOT NULL
) STRICT;

-- Accounts of staff. Closed ones stay, because marks and applications name them.
CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    login        TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    password     TEXT    NOT NULL,            -- Argon2id in PHC string format
    totp_key     INTEGER,                     -- which key of the vault sealed the secret
    totp_bytes   BLOB,                        -- secret of the second factor, sealed
    totp_step    INTEGER NOT NULL DEFAULT 0,  -- last step whose code was used
    failures     INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    is_closed    INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
    since        INTEGER NOT NULL,
    CHECK ((totp_key IS NULL) = (totp_bytes IS NULL))
) STRICT;

-- Roles of accounts, each for a branch of the organisation tree; for all of it if NULL.
CREATE TABLE account_grants (
    account INTEGER NOT NULL REFERENCES accounts,
    role    TEXT    NOT NULL,
    branch  INTEGER REFERENCES organisations
) STRICT;
CREATE UNIQUE INDEX account_grants_once ON account_grants (account, role, coalesce(branch, 0));

-- Sessions of staff, found by the hash of their token.
CREATE TABLE staff_sessions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    token   BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    account INTEGER NOT NULL REFERENCES accounts,
    since   INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    label   TEXT    NOT NULL
) STRICT;
CREATE INDEX staff_sessions_by_account ON staff_sessions (account);

-- Applications for venues. What is applied for is one JSON document: it is read and replaced whole.
CREATE TABLE applications (
    id           INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    submitted_by INTEGER NOT NULL REFERENCES accounts,
    submitted_at INTEGER NOT NULL,
    spec         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('submitted', 'returned', 'approved')),
    decided_by   INTEGER REFERENCES accounts,
    decided_at   INTEGER,
    reasons      TEXT,
    venue        INTEGER REFERENCES venues,
    CHECK ((state = 'submitted') = (decided_at IS NULL)),
    CHECK ((state = 'returned') = (reasons IS NOT NULL)),
    CHECK ((state = 'approved') = (venue IS NOT NULL))
) STRICT;
CREATE INDEX applications_by_organisation ON applications (organisation);
CREATE INDEX applications_by_state ON applications (state);

-- Approved places. Hours and booth are JSON documents. The rooms as applied for stay with the
-- application; those in force are rows of `rooms`.
CREATE TABLE venues (
    id                   INTEGER PRIMARY KEY,
    organisation         INTEGER NOT NULL REFERENCES organisations,
    application          INTEGER NOT NULL REFERENCES applications,
    name                 TEXT    NOT NULL,
    category             TEXT    NOT NULL,
    address              TEXT    NOT NULL,
    district             TEXT    NOT NULL,  -- 35.73.01
    latitude             REAL    NOT NULL,
    longitude            REAL    NOT NULL,
    contact              TEXT    NOT NULL,
    hours                TEXT    NOT NULL,
    capacity             INTEGER,
    quota                INTEGER,
    booth                TEXT,
    demands_screen_code  INTEGER NOT NULL CHECK (demands_screen_code IN (0, 1)),
    longest_stay_minutes INTEGER NOT NULL,
    version              INTEGER NOT NULL DEFAULT 1,
    changed_at           INTEGER NOT NULL
) STRICT;
CREATE INDEX venues_by_organisation ON venues (organisation);
CREATE INDEX venues_by_category ON venues (category);
CREATE INDEX venues_by_position ON venues (latitude, longitude);

-- Spaces in a venue where people share air. Those of a venue are in the order of the application.
CREATE TABLE rooms (
    id            INTEGER PRIMARY KEY,
    venue         INTEGER NOT NULL REFERENCES venues,
    name          TEXT    NOT NULL,
    floor_area_m2 REAL    NOT NULL,
    capacity      INTEGER,
    quota         INTEGER
) STRICT;
CREATE INDEX rooms_by_venue ON rooms (venue);

-- Doors of rooms, each with the code that hangs there now.
CREATE TABLE gates (
    id    INTEGER PRIMARY KEY,
    room  INTEGER NOT NULL REFERENCES rooms,
    venue INTEGER NOT NULL REFERENCES venues,
    name  TEXT    NOT NULL,
    code  TEXT    NOT NULL UNIQUE
) STRICT;
CREATE INDEX gates_by_venue ON gates (venue);

-- Codes that hung at a gate before. They are never given out again, and a scan of one says so.
CREATE TABLE revoked_gate_codes (
    code       TEXT PRIMARY KEY,
    gate       INTEGER NOT NULL REFERENCES gates,
    revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A code is either in force or revoked, never both.
CREATE TRIGGER gates_take_a_new_code BEFORE INSERT ON gates
WHEN EXISTS (SELECT 1 FROM revoked_gate_codes WHERE code = new.code)
BEGIN
    SELECT RAISE(ABORT, 'the code was revoked');
END;
CREATE TRIGGER gates_change_to_a_new_code BEFORE UPDATE OF code ON gates
WHEN EXISTS (SELECT 1 FROM revoked_gate_codes WHERE code = new.code)
BEGIN
    SELECT RAISE(ABORT, 'the code was revoked');
END;

-- The code by which the next device enrols at a gate: at most one a gate, gone when used.
CREATE TABLE enrolments (
    gate      INTEGER PRIMARY KEY REFERENCES gates,
    code_hash BLOB    NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    name      TEXT    NOT NULL,
    expires   INTEGER NOT NULL
) STRICT;

-- Enrolled screens at gates, found by the hash of their token.
CREATE TABLE devices (
    id          INTEGER PRIMARY KEY,
    token_hash  BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    gate        INTEGER NOT NULL REFERENCES gates,
    name        TEXT    NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;
CREATE INDEX devices_by_gate ON devices (gate);

---------------------------------------------------------------------------------------- people

-- People as pseudonyms with what a status depends on. No name, number or address stands here.
CREATE TABLE people (
    id            INTEGER PRIMARY KEY,
    guardian      INTEGER REFERENCES people,  -- the account that a companion belongs to
    birth_day     INTEGER,
    is_verified   INTEGER NOT NULL CHECK (is_verified IN (0, 1)),
    is_exempt     INTEGER NOT NULL DEFAULT 0 CHECK (is_exempt IN (0, 1)),
    pass_epoch    INTEGER NOT NULL DEFAULT 0,
    facts_version INTEGER NOT NULL DEFAULT 1,
    since         INTEGER NOT NULL
) STRICT;
CREATE INDEX people_by_guardian ON people (guardian) WHERE guardian IS NOT NULL;

-- The vault: names and numbers sealed by a key that the store never sees, and keyed hashes by which
-- a person can be found. A contact belongs to one person; an ID number may be claimed by several.
CREATE TABLE vault (
    person  INTEGER PRIMARY KEY REFERENCES people,
    key     INTEGER NOT NULL,
    sealed  BLOB    NOT NULL,
    nik     BLOB CHECK (length(nik) = 32),
    contact BLOB CHECK (length(contact) = 32)
) STRICT;
CREATE INDEX vault_by_nik ON vault (nik) WHERE nik IS NOT NULL;
CREATE UNIQUE INDEX vault_by_contact ON vault (contact) WHERE contact IS NOT NULL;
CREATE INDEX vault_by_key ON vault (key);

-- Recorded vaccinations. A source records one of its own records once.
CREATE TABLE doses (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES people,
    day         INTEGER NOT NULL,
    product     TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    batch       TEXT,
    source      TEXT    NOT NULL,
    source_id   TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX doses_by_person ON doses (person);

-- Recorded test results, likewise.
CREATE TABLE tests (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES people,
    day         INTEGER NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('pcr', 'antigen')),
    is_positive INTEGER NOT NULL CHECK (is_positive IN (0, 1)),
    source      TEXT    NOT NULL,
    source_id   TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX tests_by_person ON tests (person);

-- Days on which a person was in close contact with a case.
CREATE TABLE close_contacts (
    person      INTEGER NOT NULL REFERENCES people,
    day         INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (person, day)
) STRICT, WITHOUT ROWID;

-- Printed cards.
CREATE TABLE cards (
    id         INTEGER PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people,
    issued_at  INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX cards_by_person ON cards (person);

-- One-time codes that wait to be typed, by the keyed hash of the contact they were sent to. The
-- contact need not belong to anybody, so that asking for a code tells nothing.
CREATE TABLE one_time_codes (
    contact  BLOB PRIMARY KEY CHECK (length(contact) = 32),
    code     BLOB    NOT NULL CHECK (length(code) = 32),
    expires  INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions of visitors, found by the hash of their token.
CREATE TABLE visitor_sessions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    token   BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    person  INTEGER NOT NULL REFERENCES people,
    since   INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX visitor_sessions_by_person ON visitor_sessions (person);
CREATE INDEX visitor_sessions_by_expiry ON visitor_sessions (expires);

-- Messages on their way, recipient and text sealed. A row goes when the message is delivered.
CREATE TABLE messages (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    channel  TEXT    NOT NULL,
    key      INTEGER NOT NULL,
    sealed   BLOB    NOT NULL,
    at       INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

-------------------------------------------------------------------------------- rules and marks

-- Rule sets as they were used, kept for years so that what a verdict meant stays known.
CREATE TABLE rule_sets (
    id         INTEGER PRIMARY KEY,
    version    TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    document   TEXT    NOT NULL,
    first_used INTEGER NOT NULL
) STRICT;

-- The audit log. Every mark carries a hash over itself and the hash before.
CREATE TABLE audit_marks (
    number       INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor_kind   INTEGER NOT NULL,  -- 0 system, 1 account, 2 device, 3 person
    actor        INTEGER NOT NULL,
    action       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject      INTEGER NOT NULL,
    purpose      TEXT    NOT NULL,
    hash         BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_marks_by_subject ON audit_marks (subject_kind, subject);

-- The newest mark's number and hash, in one row, so that a log cut at its end is noticed.
CREATE TABLE audit_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash   BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, zeroblob(32));

-- Marks are made, and then stay as they are.
CREATE TRIGGER audit_marks_are_not_changed BEFORE UPDATE ON audit_marks
BEGIN
    SELECT RAISE(ABORT, 'a mark is not changed');
END;
CREATE TRIGGER audit_marks_are_not_removed BEFORE DELETE ON audit_marks
BEGIN
    SELECT RAISE(ABORT, 'a mark is not removed');
END;
