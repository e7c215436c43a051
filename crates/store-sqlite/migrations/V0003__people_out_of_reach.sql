-- Finds those among whom people nobody can reach any more are: see `erase_unreachable`.
CREATE INDEX vault_without_address ON vault (person) WHERE nik IS NULL AND contact IS NULL;
