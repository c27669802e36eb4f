-- Triggers that hold whoever writes: only the owner's functions do, and what is written stays. They fire always, in
-- replication too, and are the caller's: a trigger of the owner's rights would take everybody for the owner.
--
-- Which transaction a reveal was written in: the code is shown by a later one only.
CREATE TABLE IF NOT EXISTS ledger.shown (
  entry_id uuid PRIMARY KEY REFERENCES public.ledger_entry (id),
  xid xid8 NOT NULL
)
-- ;;
-- Customers who were ever linked, by a name that they share: one person who is taken apart again does not get two sums.
CREATE TABLE IF NOT EXISTS ledger.kin (
  customer_id uuid PRIMARY KEY,
  kin uuid NOT NULL
)
-- ;;
CREATE INDEX IF NOT EXISTS ix_kin ON ledger.kin (kin)
-- ;;
-- What an adviser links stays counted together, whatever becomes of the link; a supervisor takes it apart. A link that was
-- made before this was kept, or on another engine, counts from when it is taken apart.
CREATE OR REPLACE FUNCTION ledger._kin() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  linked uuid;
  mine uuid;
  theirs uuid;
BEGIN
  IF ledger._owns() OR EXISTS (SELECT FROM public.ledger_agent a WHERE a.id = ledger.me() AND a.active AND a.supervisor) THEN
    DELETE FROM ledger.kin k WHERE k.customer_id = NEW.id;
    OLD.linked_to := NULL;
  END IF;
  FOREACH linked IN ARRAY array_remove(ARRAY[OLD.linked_to, NEW.linked_to], NULL) LOOP
    mine := coalesce((SELECT k.kin FROM ledger.kin k WHERE k.customer_id = NEW.id), NEW.id);
    theirs := coalesce((SELECT k.kin FROM ledger.kin k WHERE k.customer_id = linked), linked);
    INSERT INTO ledger.kin (customer_id, kin) VALUES (NEW.id, theirs), (linked, theirs)
    ON CONFLICT (customer_id) DO UPDATE SET kin = excluded.kin;
    UPDATE ledger.kin k SET kin = theirs WHERE k.kin = mine AND mine <> theirs;
  END LOOP;
  RETURN NULL;
END
$body$
-- ;;
CREATE OR REPLACE TRIGGER ledger_40_kin AFTER UPDATE OF linked_to ON public.customer FOR EACH ROW
  WHEN (NEW.linked_to IS DISTINCT FROM OLD.linked_to) EXECUTE FUNCTION ledger._kin()
-- ;;
CREATE OR REPLACE FUNCTION ledger._owner_only() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF current_user::text <> (SELECT pg_get_userbyid(c.relowner)::text FROM pg_class c WHERE c.oid = TG_RELID) THEN
    RAISE EXCEPTION USING MESSAGE = 'only the functions of the ledger write here', ERRCODE = '42501';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._append_only() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'the ledger is append-only', ERRCODE = '42501';
END
$body$
-- ;;
-- What people wrote can be taken away, once its customer was erased; nothing else about it changes.
CREATE OR REPLACE FUNCTION ledger._erasure_only() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  erased boolean := EXISTS (
    SELECT FROM public.ledger_entry e JOIN public.customer c ON c.id = e.customer_id
    WHERE e.id = OLD.entry_id AND c.erased_at IS NOT NULL
  );
BEGIN
  IF erased AND TG_OP = 'DELETE' AND TG_TABLE_NAME = 'ledger_text' THEN
    RETURN OLD;
  END IF;
  IF erased AND TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ledger_review' THEN
    OLD.remark := '';
    IF NEW IS NOT DISTINCT FROM OLD THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING MESSAGE = 'the ledger is append-only', ERRCODE = '42501';
END
$body$
-- ;;
-- That a customer was erased is for a supervisor to say, as the ledger gives up words then, and stays said. With the
-- owner's rights, since whoever is asked for here is who began the session.
CREATE OR REPLACE FUNCTION ledger._erased_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at THEN
    RETURN NEW;
  ELSIF OLD.erased_at IS NOT NULL THEN
    RAISE EXCEPTION USING MESSAGE = 'who was erased stays erased', ERRCODE = '42501';
  ELSIF NOT ledger._owns() AND EXISTS (SELECT FROM public.ledger_agent a WHERE a.active AND a.supervisor)
    AND NOT EXISTS (SELECT FROM public.ledger_agent a WHERE a.id = ledger.me() AND a.active AND a.supervisor) THEN
    RAISE EXCEPTION USING MESSAGE = 'only supervisors erase', ERRCODE = '42501';
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- Who asked whom for what stays, whatever becomes of it.
CREATE OR REPLACE FUNCTION ledger._asked_once() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF (NEW.id, NEW.requester, NEW.key, NEW.conversation_id, NEW.customer_id, NEW.kind, NEW.purse, NEW.amount,
      NEW.currency, NEW.reason, NEW.team, NEW.period, NEW.requested_at, NEW.policy)
     IS DISTINCT FROM
     (OLD.id, OLD.requester, OLD.key, OLD.conversation_id, OLD.customer_id, OLD.kind, OLD.purse, OLD.amount,
      OLD.currency, OLD.reason, OLD.team, OLD.period, OLD.requested_at, OLD.policy)
     OR OLD.state NOT IN ('requested', 'approved')
     OR (OLD.state = 'approved' AND (NEW.approver, NEW.granted, NEW.approver_period, NEW.decided_at, NEW.expires_at)
         IS DISTINCT FROM (OLD.approver, OLD.granted, OLD.approver_period, OLD.decided_at, OLD.expires_at)) THEN
    RAISE EXCEPTION USING MESSAGE = 'a request is decided on once', ERRCODE = '42501';
  END IF;
  RETURN NEW;
END
$body$
-- ;;
DO $body$
DECLARE
  one regclass;
  made record;
BEGIN
  FOR one IN
    SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND (n.nspname = 'ledger' OR n.nspname = 'public' AND starts_with(c.relname, 'ledger_'))
  LOOP
    EXECUTE 'CREATE OR REPLACE TRIGGER ledger_10_owner BEFORE INSERT OR UPDATE OR DELETE ON ' || one
      || ' FOR EACH ROW EXECUTE FUNCTION ledger._owner_only()';
    EXECUTE 'CREATE OR REPLACE TRIGGER ledger_20_truncate BEFORE TRUNCATE ON ' || one
      || ' FOR EACH STATEMENT EXECUTE FUNCTION ledger._append_only()';
  END LOOP;
  FOR made IN
    SELECT * FROM (VALUES
      ('public.ledger_entry', 'UPDATE OR DELETE', 'ledger._append_only()'),
      ('public.ledger_policy', 'UPDATE OR DELETE', 'ledger._append_only()'),
      ('ledger.shown', 'UPDATE OR DELETE', 'ledger._append_only()'),
      ('public.ledger_text', 'UPDATE OR DELETE', 'ledger._erasure_only()'),
      ('public.ledger_review', 'UPDATE OR DELETE', 'ledger._erasure_only()'),
      ('public.ledger_approval', 'UPDATE', 'ledger._asked_once()'),
      ('public.customer', 'UPDATE', 'ledger._erased_once()'),
      ('public.ledger_approval', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_chain', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_budget', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_customer', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_agent', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_voucher', 'DELETE', 'ledger._append_only()'),
      ('public.ledger_fulfilment', 'DELETE', 'ledger._append_only()')
    ) AS v (on_table, events, does)
  LOOP
    EXECUTE 'CREATE OR REPLACE TRIGGER ledger_30_' || lower(replace(made.events, ' ', '_')) || ' BEFORE '
      || made.events || ' ON ' || made.on_table || ' FOR EACH ROW EXECUTE FUNCTION ' || made.does;
  END LOOP;
  FOR made IN
    SELECT t.tgname AS trigger, t.tgrelid::regclass AS on_table FROM pg_trigger t
    WHERE NOT t.tgisinternal AND starts_with(t.tgname, 'ledger_')
  LOOP
    EXECUTE 'ALTER TABLE ' || made.on_table || ' ENABLE ALWAYS TRIGGER ' || made.trigger;
  END LOOP;
END
$body$
