-- Values that survive restarts, by name: the public key of this store, the counters of pseudonyms.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
