-- Every entry, whatever it says: appended at the end of its agent's chain, now, and never changed.
DROP TRIGGER IF EXISTS ledger_entry_appended
-- ;;
-- SQLite has no SHA-256: that a hash is the right one is for `agentconsole ledger verify` to tell.
CREATE TRIGGER ledger_entry_appended BEFORE INSERT ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'ledger:refused') WHERE (
        typeof(NEW.id) = 'blob' AND length(NEW.id) = 16
        AND typeof(NEW.key) = 'blob' AND length(NEW.key) = 16
        AND NEW.entry IN ('grant', 'void', 'reveal', 'request', 'approve', 'refuse')
        AND (NEW.entry IN ('void', 'reveal')) = (NEW.refers IS NOT NULL)
        AND (NEW.entry NOT IN ('request', 'approve', 'refuse') OR NEW.approval_id IS NOT NULL)
        AND length(NEW.text_digest) = 32 AND length(NEW.hash) = 32
    ) IS NOT TRUE;
    -- INSERT OR REPLACE would take the place of another entry: a rowid that is named is never needed
    SELECT RAISE(ABORT, 'ledger:append_only') WHERE EXISTS (
        SELECT 1 FROM ledger_entry e WHERE e.id = NEW.id OR (e.agent = NEW.agent AND e.seq = NEW.seq)
    ) OR EXISTS (SELECT 1 FROM ledger_entry e WHERE e.rowid = NEW.rowid);
    SELECT RAISE(ABORT, 'ledger:chain') WHERE (
        NEW.seq = 1 + coalesce((SELECT seq FROM ledger_chain WHERE agent = NEW.agent), 0)
        AND NEW.prev = coalesce((SELECT head FROM ledger_chain WHERE agent = NEW.agent), zeroblob(32))
    ) IS NOT TRUE AND EXISTS (SELECT 1 FROM ledger_agent WHERE id = NEW.agent);
    -- at: read from the same clock a moment ago, on the same day
    SELECT RAISE(ABORT, 'ledger:clock') FROM ledger_clock c WHERE (
        NEW.at BETWEEN c.at - 5000000 AND c.at AND EXISTS (
            SELECT 1 FROM ledger_period p
            WHERE p.zone = (SELECT zone FROM ledger_setting) AND p.period = 'day' AND p.since <= NEW.at
                AND p.since >= NEW.at - 100000000000 AND p.until > c.at
        )
    ) IS NOT TRUE AND EXISTS (SELECT 1 FROM ledger_setting);
    SELECT RAISE(ABORT, 'ledger:refused') WHERE NEW.policy IS NOT (SELECT policy FROM ledger_setting)
        AND EXISTS (SELECT 1 FROM ledger_setting);
    SELECT RAISE(ABORT, 'ledger:refused') WHERE NOT EXISTS (SELECT 1 FROM ledger_text WHERE entry_id = NEW.id);
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_kept
-- ;;
CREATE TRIGGER ledger_entry_kept BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_stays
-- ;;
CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
