-- Decisions and visits.
--
-- The log is the truth of what was decided since the checkpoint: one row a batch, appended in the
-- transaction that answers the batch. From time to time what has finished is packed into blocks,
-- the checkpoint moves on, and the log before it goes once nobody needs to recall it.
--
-- A packing writes its blocks, index chunks, tallies and the ledger in small pieces, so that no
-- check-in waits long, and becomes valid when the checkpoint names their highest ids. Rows behind
-- these ids are the leftovers of a packing that was interrupted.

-- Events in the order in which they happened; `data` is a list of them (postcard).
CREATE TABLE door_log (
    id   INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL, -- the ledger's clock, seconds since the Unix epoch
    data BLOB NOT NULL
) STRICT;

-- Up to where the log is packed.
CREATE TABLE door_checkpoint (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    log_id       INTEGER NOT NULL, -- the last row of the log that is packed
    block        INTEGER NOT NULL, -- highest valid ids
    chunk        INTEGER NOT NULL,
    tally        INTEGER NOT NULL,
    ledger_first INTEGER NOT NULL, -- the parts of `door_ledger` that hold
    ledger_last  INTEGER NOT NULL
) STRICT;

-- The ledger as it was after the log row of the checkpoint, cut into parts: open visits, counters
-- (postcard).
CREATE TABLE door_ledger (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Finished decisions and visits of a local day, up to 1024 in a block, in columns, deflated. The
-- rows of a packing stand in the order of venue, room and number. A number may stand in two blocks
-- (a refusal that was overridden later): the newer one holds.
CREATE TABLE visit_block (
    id          INTEGER PRIMARY KEY,
    day         INTEGER NOT NULL, -- local days since 1970-01-01, the day on which the visits count
    venue_first INTEGER NOT NULL,
    venue_last  INTEGER NOT NULL,
    data        BLOB NOT NULL
) STRICT;
CREATE INDEX visit_block_by_venue ON visit_block (day, venue_last, venue_first);

-- Where in the blocks a key stands. Kind 1: a person's visits. Kind 2: a client's id, by its last
-- four bytes. Kind 3: a number.
CREATE TABLE visit_index (
    id    INTEGER PRIMARY KEY,
    day   INTEGER NOT NULL, -- as the blocks'
    kind  INTEGER NOT NULL,
    first INTEGER NOT NULL, -- lowest key
    last  INTEGER NOT NULL, -- highest key
    base  INTEGER NOT NULL, -- id of the block that the offsets in `data` count from
    data  BLOB NOT NULL
) STRICT;
CREATE INDEX visit_index_by_key ON visit_index (kind, day, last, first);
CREATE INDEX visit_index_by_day ON visit_index (day);

-- How often a gate answered so in an hour. No person stands here, so it is kept longer.
CREATE TABLE door_tally (
    gate      INTEGER NOT NULL,
    unix_hour INTEGER NOT NULL,
    verdict   INTEGER NOT NULL, -- 0 admit, 1 check, 2 refuse
    reason    TEXT NOT NULL,
    people    INTEGER NOT NULL,
    PRIMARY KEY (gate, unix_hour, verdict, reason)
) STRICT, WITHOUT ROWID;

-- Tallies of a packing on their way into `door_tally`: the first `folded` of them are there.
CREATE TABLE door_tally_packed (
    id     INTEGER PRIMARY KEY,
    folded INTEGER NOT NULL DEFAULT 0,
    data   BLOB NOT NULL -- a list of gate, hour, verdict, reason and people (postcard)
) STRICT;

-- Exits that a manager set afterwards. The first entry of a visit's exit stays in its block.
CREATE TABLE visit_correction (
    id    INTEGER PRIMARY KEY,
    visit INTEGER NOT NULL,
    day   INTEGER NOT NULL, -- local day of the visit
    out   INTEGER NOT NULL, -- seconds since the Unix epoch
    at    INTEGER NOT NULL,
    data  BLOB NOT NULL     -- who and why (postcard)
) STRICT;
CREATE INDEX visit_correction_by_visit ON visit_correction (visit);
CREATE INDEX visit_correction_by_day ON visit_correction (day);
