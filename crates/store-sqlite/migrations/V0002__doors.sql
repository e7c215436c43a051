-- Decisions and visits.
--
-- The log is the truth of what was decided since the checkpoint: one row a batch, appended in the
-- transaction that answers the batch. From time to time what has finished is packed into blocks,
-- the checkpoint moves on, and the log before it goes.

-- Events in the order in which they happened; `data` is a list of them (postcard).
CREATE TABLE door_log (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- The ledger as it was after the log row `log_id`: open visits, counters, recent answers (postcard).
CREATE TABLE door_checkpoint (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    log_id INTEGER NOT NULL,
    data   BLOB NOT NULL
) STRICT;

-- Finished decisions and visits of a local day, up to 1024 in a block, in columns, deflated.
-- A number may stand in two blocks (a refusal that was overridden later): the newer one holds.
CREATE TABLE visit_block (
    id    INTEGER PRIMARY KEY,
    day   INTEGER NOT NULL, -- local days since 1970-01-01, the day on which the visits count
    first INTEGER NOT NULL, -- lowest number in the block
    last  INTEGER NOT NULL, -- highest number in the block
    data  BLOB NOT NULL
) STRICT;
CREATE INDEX visit_block_by_number ON visit_block (last, first);
CREATE INDEX visit_block_by_day ON visit_block (day);

-- Where a person's visits (kind 1) and a client's id (kind 2, its last four bytes) stand in blocks.
CREATE TABLE visit_index (
    id    INTEGER PRIMARY KEY,
    day   INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    first INTEGER NOT NULL, -- lowest key
    last  INTEGER NOT NULL, -- highest key
    base  INTEGER NOT NULL, -- id of the block that the offsets in `data` count from
    data  BLOB NOT NULL
) STRICT;
CREATE INDEX visit_index_by_key ON visit_index (kind, last, first);
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

-- Exits that a manager set afterwards. The first entry of a visit's exit stays in its block.
CREATE TABLE visit_correction (
    id    INTEGER PRIMARY KEY,
    visit INTEGER NOT NULL,
    day   INTEGER NOT NULL, -- UTC day of the correction
    out   INTEGER NOT NULL, -- seconds since the Unix epoch
    at    INTEGER NOT NULL,
    data  BLOB NOT NULL     -- who and why (postcard)
) STRICT;
CREATE INDEX visit_correction_by_visit ON visit_correction (visit);
