-- What changed on the desk, for consoles that read it from where they were: see agentconsole/store/changes.py. It holds
-- some minutes, and nothing that a desk needs: neither a crash nor a copy has to keep it.
CREATE UNLOGGED TABLE IF NOT EXISTS desk.change (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  about text NOT NULL,
  subject uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  agent text NOT NULL DEFAULT '',
  PRIMARY KEY (xid, about, subject, agent)
)
-- ;;
COMMENT ON TABLE desk.change IS 'What each transaction changed: read by consoles, forgotten after some minutes'
-- ;;
-- Transactions before this one had ended at that time.
CREATE TABLE IF NOT EXISTS desk.horizon (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  xid xid8 NOT NULL,
  at timestamptz NOT NULL
)
-- ;;
CREATE OR REPLACE FUNCTION desk.tell() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject) SELECT DISTINCT TG_ARGV[0], conversation_id FROM changed
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject, agent) SELECT DISTINCT TG_ARGV[0], conversation_id, agent FROM changed
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_mention() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject, agent)
  SELECT DISTINCT TG_ARGV[0], m.conversation_id, c.agent
  FROM changed c JOIN public.message m ON m.id = c.message_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_conversation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject)
  SELECT 'conversation', id FROM changed UNION SELECT 'customer', customer_id FROM changed
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject) SELECT DISTINCT 'customer', id FROM changed ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_of_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about, subject) SELECT DISTINCT 'customer', customer_id FROM changed ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.tell_some() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO desk.change (about) SELECT TG_ARGV[0] WHERE EXISTS (SELECT FROM changed) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
-- Of rows that are mostly written to say that nothing has changed: a condition says when something has.
CREATE OR REPLACE FUNCTION desk.tell_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  one jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
BEGIN
  INSERT INTO desk.change (about, subject, agent) VALUES (
    TG_ARGV[0],
    coalesce((one ->> 'conversation_id')::uuid, '00000000-0000-0000-0000-000000000000'),
    coalesce(one ->> 'agent', '')
  ) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$body$
-- ;;
DO $body$
DECLARE
  made record;
  event record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES
      ('conversation', 'tell_conversation', ''),
      ('message', 'tell', 'conversation'),
      ('event', 'tell', 'conversation'),
      ('promise', 'tell', 'conversation'),
      ('conversation_tag', 'tell', 'conversation'),
      ('incident_conversation', 'tell', 'conversation'),
      ('outbox', 'tell', 'delivery'),
      ('draft', 'tell_own', 'draft'),
      ('mention', 'tell_mention', 'conversation'),
      ('customer', 'tell_customer', ''),
      ('customer_note', 'tell_of_customer', ''),
      ('customer_tag', 'tell_of_customer', ''),
      ('consent', 'tell_of_customer', ''),
      ('identity', 'tell_of_customer', ''),
      ('notice', 'tell_some', 'floor'),
      ('notice_seen', 'tell_some', 'floor'),
      ('incident', 'tell_some', 'floor'),
      ('channel_pause', 'tell_some', 'floor'),
      ('attention', 'tell_some', 'gesture'),
      ('gift', 'tell_some', 'gesture'),
      ('ledger_approval', 'tell_some', 'gesture'),
      ('ledger_entry', 'tell_some', 'gesture'),
      ('ledger_fulfilment', 'tell_some', 'gesture'),
      ('ledger_policy', 'tell_some', 'policy'),
      ('special_hours', 'tell_some', 'policy')
    ) AS v (named, does, about)
  LOOP
    FOR event IN SELECT * FROM (VALUES ('INSERT', 'NEW'), ('UPDATE', 'NEW'), ('DELETE', 'OLD')) AS e (kind, side) LOOP
      EXECUTE 'CREATE OR REPLACE TRIGGER '
        || CASE WHEN starts_with(made.named, 'ledger_') THEN 'ledger_90_feed_' ELSE 'feed_' END || lower(event.kind)
        || ' AFTER ' || event.kind || ' ON public.' || quote_ident(made.named)
        || ' REFERENCING ' || event.side || ' TABLE AS changed FOR EACH STATEMENT'
        || ' EXECUTE FUNCTION desk.' || made.does || '(' || quote_literal(made.about) || ')';
      IF starts_with(made.named, 'ledger_') THEN  -- as all triggers of the ledger's tables
        EXECUTE 'ALTER TABLE public.' || quote_ident(made.named) || ' ENABLE ALWAYS TRIGGER ledger_90_feed_'
          || lower(event.kind);
      END IF;
    END LOOP;
  END LOOP;
  FOR made IN
    SELECT * FROM (VALUES
      ('cursor', 'channel', 'OLD.doing IS DISTINCT FROM NEW.doing OR OLD.error IS DISTINCT FROM NEW.error'),
      ('presence', 'presence', '(OLD.conversation_id, OLD.doing) IS DISTINCT FROM (NEW.conversation_id, NEW.doing)'),
      ('duty', 'floor', 'OLD.state IS DISTINCT FROM NEW.state')
    ) AS v (named, about, differs)
  LOOP
    EXECUTE 'CREATE OR REPLACE TRIGGER feed_change AFTER UPDATE ON public.' || quote_ident(made.named)
      || ' FOR EACH ROW WHEN (' || made.differs || ') EXECUTE FUNCTION desk.tell_row(' || quote_literal(made.about) || ')';
    EXECUTE 'CREATE OR REPLACE TRIGGER feed_row AFTER INSERT OR DELETE ON public.' || quote_ident(made.named)
      || ' FOR EACH ROW EXECUTE FUNCTION desk.tell_row(' || quote_literal(made.about) || ')';
  END LOOP;
END
$body$
-- ;;
-- Forget what every console has read that was there in the last ten minutes: what belongs to transactions that had all
-- ended when it was last looked at, ten minutes ago or more. Transactions that are still to come belong to a cluster
-- that this desk was brought from.
CREATE OR REPLACE FUNCTION desk.prune() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  old record;
  gone bigint := 0;
BEGIN
  SELECT h.xid, h.at INTO old FROM desk.horizon h FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    INSERT INTO desk.horizon (xid, at) VALUES (pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp())
    ON CONFLICT DO NOTHING;
  ELSIF old.at < clock_timestamp() - interval '10 minutes' OR old.at > clock_timestamp() THEN
    IF old.at <= clock_timestamp() THEN
      DELETE FROM desk.change c WHERE c.xid < old.xid OR c.xid >= pg_snapshot_xmax(pg_current_snapshot());
      GET DIAGNOSTICS gone = ROW_COUNT;
    END IF;
    UPDATE desk.horizon SET xid = pg_snapshot_xmin(pg_current_snapshot()), at = clock_timestamp();
  END IF;
  RETURN gone;
END
$body$
-- ;;
REVOKE ALL ON ALL TABLES IN SCHEMA desk FROM PUBLIC
-- ;;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA desk FROM PUBLIC
