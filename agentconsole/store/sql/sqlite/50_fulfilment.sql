-- How a fulfilment may move on: what was given stays given, and what may have been given is never queued as if it had not.
-- Since when it may have been given changes only where somebody has it asked again, and never to an earlier time.
DROP TRIGGER IF EXISTS ledger_fulfilment_moves;
-- ;;
CREATE TRIGGER ledger_fulfilment_moves BEFORE UPDATE ON ledger_fulfilment
WHEN NEW.entry_id IS NOT OLD.entry_id OR NEW.how IS NOT OLD.how
  OR NEW.attempt IS NOT OLD.attempt + (NEW.state = 'sending' AND OLD.state <> 'sending')
  OR (NEW.state IN ('queued', 'failed', 'cancelled') AND NEW.first_wire_at IS NOT NULL)
  OR (NEW.state = 'sending' AND NEW.how <> 'shop')
  OR (NEW.wire AND NEW.first_wire_at IS NULL)
  OR (NEW.first_wire_at IS NOT OLD.first_wire_at AND OLD.first_wire_at IS NOT NULL AND NEW.first_wire_at IS NOT NULL
    AND (OLD.state <> 'unknown' OR NEW.state <> 'unknown' OR NEW.first_wire_at < OLD.first_wire_at))
  OR NOT (
    OLD.state || '>' || NEW.state IN (
      'queued>queued', 'queued>sending', 'queued>done', 'queued>failed', 'queued>cancelled',
      'sending>sending', 'sending>queued', 'sending>done', 'sending>failed', 'sending>unknown',
      'unknown>unknown', 'unknown>sending', 'unknown>done', 'unknown>failed',
      'failed>queued', 'failed>done', 'failed>cancelled'
    )
    OR (OLD.how = 'voucher' AND OLD.state = 'done' AND NEW.state = 'cancelled')
  )
BEGIN
  SELECT RAISE(ABORT, 'ledger:fulfilled');
END
