-- The tables of rules are what the newest policy says; a rule changes with a new policy only.
DROP VIEW IF EXISTS ledger_applying
-- ;;
-- A row while a policy is being applied: only its own trigger ever sees one.
CREATE VIEW ledger_applying AS
SELECT p.version AS version FROM ledger_policy p
WHERE p.version > coalesce((SELECT policy FROM ledger_setting), 0)
-- ;;
DROP TRIGGER IF EXISTS ledger_agent_added
-- ;;
CREATE TRIGGER ledger_agent_added BEFORE INSERT ON ledger_agent
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_agent_changed
-- ;;
CREATE TRIGGER ledger_agent_changed BEFORE UPDATE ON ledger_agent
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_agent_removed
-- ;;
CREATE TRIGGER ledger_agent_removed BEFORE DELETE ON ledger_agent
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_rule_added
-- ;;
CREATE TRIGGER ledger_rule_added BEFORE INSERT ON ledger_rule
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_rule_changed
-- ;;
CREATE TRIGGER ledger_rule_changed BEFORE UPDATE ON ledger_rule
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_rule_removed
-- ;;
CREATE TRIGGER ledger_rule_removed BEFORE DELETE ON ledger_rule
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_reason_added
-- ;;
CREATE TRIGGER ledger_reason_added BEFORE INSERT ON ledger_reason
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_reason_changed
-- ;;
CREATE TRIGGER ledger_reason_changed BEFORE UPDATE ON ledger_reason
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_reason_removed
-- ;;
CREATE TRIGGER ledger_reason_removed BEFORE DELETE ON ledger_reason
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approver_added
-- ;;
CREATE TRIGGER ledger_approver_added BEFORE INSERT ON ledger_approver
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approver_changed
-- ;;
CREATE TRIGGER ledger_approver_changed BEFORE UPDATE ON ledger_approver
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approver_removed
-- ;;
CREATE TRIGGER ledger_approver_removed BEFORE DELETE ON ledger_approver
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_team_added
-- ;;
CREATE TRIGGER ledger_team_added BEFORE INSERT ON ledger_team
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_team_changed
-- ;;
CREATE TRIGGER ledger_team_changed BEFORE UPDATE ON ledger_team
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_team_removed
-- ;;
CREATE TRIGGER ledger_team_removed BEFORE DELETE ON ledger_team
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_kind_added
-- ;;
CREATE TRIGGER ledger_kind_added BEFORE INSERT ON ledger_kind
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_kind_changed
-- ;;
CREATE TRIGGER ledger_kind_changed BEFORE UPDATE ON ledger_kind
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_kind_removed
-- ;;
CREATE TRIGGER ledger_kind_removed BEFORE DELETE ON ledger_kind
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_setting_added
-- ;;
CREATE TRIGGER ledger_setting_added BEFORE INSERT ON ledger_setting
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_setting_changed
-- ;;
CREATE TRIGGER ledger_setting_changed BEFORE UPDATE ON ledger_setting
WHEN NOT EXISTS (SELECT 1 FROM ledger_applying)
BEGIN SELECT RAISE(ABORT, 'ledger:policy'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_setting_removed
-- ;;
CREATE TRIGGER ledger_setting_removed BEFORE DELETE ON ledger_setting
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_policy_kept
-- ;;
CREATE TRIGGER ledger_policy_kept BEFORE UPDATE ON ledger_policy
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_policy_stays
-- ;;
CREATE TRIGGER ledger_policy_stays BEFORE DELETE ON ledger_policy
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
