-- The time the ledger believes in, and which period it is: the program's clock is never asked.
-- Functions: built-in ones only, since the store sets trusted_schema=OFF.
DROP VIEW IF EXISTS ledger_clock
-- ;;
-- Microseconds since 1970; SQLite's clock has milliseconds.
CREATE VIEW ledger_clock AS
SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000
     + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000 AS at
-- ;;
-- Boundaries of days, weeks and months in the brand's zone, which SQLite has no time zones to compute with.
-- since <= at < until, in microseconds. The program adds rows; what is there never changes.
CREATE TABLE IF NOT EXISTS ledger_period (
    zone TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    begins TEXT NOT NULL,
    PRIMARY KEY (zone, period, since),
    CHECK (since < until)
) STRICT, WITHOUT ROWID
-- ;;
DROP TRIGGER IF EXISTS ledger_period_added
-- ;;
-- A period begins at a midnight that no zone on earth moves by more than 15 hours, on the right day, where the one
-- before it ended: rows that are made up shift a boundary by hours at most.
CREATE TRIGGER ledger_period_added BEFORE INSERT ON ledger_period
BEGIN
    SELECT RAISE(ABORT, 'ledger:refused') WHERE (
        NEW.zone = (SELECT zone FROM ledger_setting) AND NEW.begins = date(NEW.begins)
        AND abs(NEW.since - CAST(strftime('%s', NEW.begins) AS INTEGER) * 1000000) <= 54000000000
        AND abs(NEW.until - 1000000 * CAST(strftime('%s', CASE NEW.period
            WHEN 'day' THEN date(NEW.begins, '+1 day')
            WHEN 'week' THEN date(NEW.begins, '+7 days')
            WHEN 'month' THEN date(NEW.begins, '+1 month')
        END) AS INTEGER)) <= 54000000000
        AND (NEW.period <> 'week' OR strftime('%w', NEW.begins) = '1')
        AND (NEW.period <> 'month' OR strftime('%d', NEW.begins) = '01')
    ) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:refused')
    FROM (
        SELECT min(since) AS first, max(until) AS last
        FROM ledger_period WHERE zone = NEW.zone AND period = NEW.period
    )
    WHERE first IS NOT NULL AND NEW.since <> last AND NEW.until <> first;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_period_kept
-- ;;
CREATE TRIGGER ledger_period_kept BEFORE UPDATE ON ledger_period
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_period_stays
-- ;;
CREATE TRIGGER ledger_period_stays BEFORE DELETE ON ledger_period
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP VIEW IF EXISTS ledger_now
-- ;;
-- The first day of each period that runs; NULL where its boundaries are not known.
CREATE VIEW ledger_now AS
SELECT k.period AS period, (
    SELECT CASE WHEN p.until > c.at THEN p.begins END
    FROM ledger_period p, ledger_clock c
    WHERE p.zone = (SELECT zone FROM ledger_setting) AND p.period = k.period AND p.since <= c.at
    ORDER BY p.since DESC LIMIT 1
) AS begins
FROM (SELECT 'day' AS period UNION ALL SELECT 'week' UNION ALL SELECT 'month') k
