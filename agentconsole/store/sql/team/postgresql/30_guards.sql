-- What the rights of the desk's roles (agentconsole/store/ledger/rights.py) stand on, and what a right cannot say:
-- triggers that compare a row with what it was. Functions and the desk's owner do as they like.
--
-- Whether this session is a supervisor's: the login, and the policy that holds, where it knows the agent.
CREATE OR REPLACE FUNCTION desk.leads() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT coalesce((SELECT a.supervisor AND a.active FROM public.ledger_agent a WHERE a.id = ledger.me()),
                  ledger.me() IS NOT NULL)
    AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_database() || '_supervisor'
                AND pg_has_role(session_user, r.oid, 'MEMBER'))
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.is_agent(p_name text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.ledger_login l WHERE l.agent = p_name)
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.erased_customer(p_customer uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.customer c WHERE c.id = p_customer AND c.erased_at IS NOT NULL)
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.erased(p_conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.conversation c JOIN public.customer u ON u.id = c.customer_id
                 WHERE c.id = p_conversation AND u.erased_at IS NOT NULL)
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.erased_message(p_message uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.message m WHERE m.id = p_message AND desk.erased(m.conversation_id))
$body$
-- ;;
-- Whether the words that a message is found by are for this session to write: its own message's, or an erased one's.
CREATE OR REPLACE FUNCTION desk.own_words(p_seq bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.message m WHERE m.seq = p_seq AND (
    m.author = ledger.me() AND m.direction <> 'in' OR desk.leads() AND desk.erased(m.conversation_id)))
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk.needed(p_digest text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.attachment a WHERE a.digest = p_digest)
    OR EXISTS (SELECT FROM public.original o WHERE o.digest = p_digest)
$body$
-- ;;
-- Whether two conversations are of one customer, linked ones included, or one is merged into the other still.
CREATE OR REPLACE FUNCTION desk._of_one(p_one uuid, p_other uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (
    SELECT FROM public.conversation a JOIN public.customer ua ON ua.id = a.customer_id,
      public.conversation b JOIN public.customer ub ON ub.id = b.customer_id
    WHERE a.id = p_one AND b.id = p_other AND (
      coalesce(ua.linked_to, ua.id) = coalesce(ub.linked_to, ub.id)
      OR a.merged_into = b.number OR b.merged_into = a.number OR a.merged_into = b.merged_into))
$body$
-- ;;
-- Unsent words of colleagues go along with a conversation that is merged into another one of its customer; they follow
-- those that their writer has there.
CREATE OR REPLACE FUNCTION desk.move_drafts(p_from uuid, p_to uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
BEGIN
  IF ledger.me() IS NULL OR p_from = p_to OR NOT desk._of_one(p_from, p_to) THEN
    RAISE EXCEPTION USING MESSAGE = 'these conversations are not of one customer', ERRCODE = '42501';
  END IF;
  INSERT INTO public.draft AS d (conversation_id, agent, kind, text, seen, updated_at, files, actions)
  SELECT p_to, o.agent, o.kind, o.text, o.seen, o.updated_at, o.files, o.actions
  FROM public.draft o WHERE o.conversation_id = p_from
  ON CONFLICT (conversation_id, agent, kind) DO UPDATE SET
    text = concat_ws(E'\n\n', nullif(d.text, ''), nullif(excluded.text, '')),
    seen = least(d.seen, excluded.seen),
    updated_at = greatest(d.updated_at, excluded.updated_at),
    files = (d.files::jsonb || excluded.files::jsonb)::text,
    actions = coalesce(nullif(d.actions, ''), excluded.actions);
  DELETE FROM public.draft o WHERE o.conversation_id = p_from;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk._forbid(p_what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  RAISE EXCEPTION USING MESSAGE = p_what, ERRCODE = '42501';
END
$body$
-- ;;
-- What was written stays as it was written, and with its customer, until that one is erased.
CREATE OR REPLACE FUNCTION desk._guard_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NEW.conversation_id <> OLD.conversation_id AND NOT desk._of_one(OLD.conversation_id, NEW.conversation_id) THEN
    PERFORM desk._forbid('a message stays with its customer');
  ELSIF (NEW.subject, NEW.text, NEW.quoted, NEW.signature, NEW.warnings)
        IS DISTINCT FROM (OLD.subject, OLD.text, OLD.quoted, OLD.signature, OLD.warnings)
    AND (NOT desk.erased(OLD.conversation_id)
         OR (NEW.subject, NEW.text, NEW.quoted, NEW.signature, NEW.warnings) <> ('', '', '', '', '')) THEN
    PERFORM desk._forbid('what was written stays as it was written');
  ELSIF (NEW.author, NEW.author_name) IS DISTINCT FROM (OLD.author, OLD.author_name)
    AND (NOT desk.erased(OLD.conversation_id) OR OLD.direction <> 'in' OR (NEW.author, NEW.author_name) <> ('', '')) THEN
    PERFORM desk._forbid('who wrote it stays');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- The words of the trail, and of a promise, go when their customer is erased.
CREATE OR REPLACE FUNCTION desk._guard_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NOT desk.erased(OLD.conversation_id) THEN
    PERFORM desk._forbid('what was written stays as it was written');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION desk._guard_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NEW.erased_at IS NULL THEN
    PERFORM desk._forbid('a customer is called as the channel says');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- A promise stays with its customer.
CREATE OR REPLACE FUNCTION desk._guard_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NOT desk._of_one(OLD.conversation_id, NEW.conversation_id) THEN
    PERFORM desk._forbid('it stays with its customer');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- Only conversations of one customer are merged.
CREATE OR REPLACE FUNCTION desk._guard_merge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NOT EXISTS (SELECT FROM public.conversation c WHERE c.number = NEW.merged_into AND desk._of_one(NEW.id, c.id)) THEN
    PERFORM desk._forbid('these conversations are not of one customer');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- People decide about replies that have failed or may have been sent; delivering is the service's.
CREATE OR REPLACE FUNCTION desk._guard_outbox() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  moved public.outbox := NEW;
BEGIN
  IF NEW.conversation_id <> OLD.conversation_id AND NOT desk._of_one(OLD.conversation_id, NEW.conversation_id) THEN
    PERFORM desk._forbid('it stays with its customer');
  END IF;
  moved.conversation_id := OLD.conversation_id;
  IF desk.leads() AND desk.erased(OLD.conversation_id) THEN
    moved.envelope := OLD.envelope;
    moved.remark := OLD.remark;
    moved.error := OLD.error;
  END IF;
  IF moved IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  ELSIF OLD.state NOT IN ('failed', 'unknown') OR NEW.wire AND NOT OLD.wire OR NEW.lease_until IS NOT NULL
    OR (moved.envelope, moved.remark) IS DISTINCT FROM (OLD.envelope, OLD.remark)
    OR NOT (NEW.state IN ('queued', 'sent') OR NEW.state = 'failed' AND OLD.state = 'unknown') THEN
    PERFORM desk._forbid('only the service delivers');
  END IF;
  RETURN NEW;
END
$body$
-- ;;
-- Whether a trigger has to look: not at what the desk's owner, its functions, or the service does.
CREATE OR REPLACE FUNCTION desk.guarded() RETURNS boolean
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT NOT pg_has_role(current_user, c.relowner, 'MEMBER')
    AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_database() || '_sync'
                    AND pg_has_role(current_user, r.oid, 'MEMBER'))
  FROM pg_class c WHERE c.oid = 'public.conversation'::regclass
$body$
-- ;;
DO $body$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES
      ('message', '', '_guard_message', 'guard'),
      ('event', 'OF detail, step', '_guard_words', 'guard_words'),
      ('promise', 'OF text', '_guard_words', 'guard_words'),
      ('promise', 'OF conversation_id', '_guard_place', 'guard_place'),
      ('customer', 'OF name, folded, language', '_guard_customer', 'guard'),
      ('outbox', '', '_guard_outbox', 'guard')
    ) AS v (named, columns, does, called)
  LOOP
    EXECUTE 'CREATE OR REPLACE TRIGGER ' || made.called || ' BEFORE UPDATE ' || made.columns || ' ON public.' || made.named
      || ' FOR EACH ROW WHEN (desk.guarded()) EXECUTE FUNCTION desk.' || made.does || '()';
    EXECUTE 'ALTER TABLE public.' || made.named || ' ENABLE ALWAYS TRIGGER ' || made.called;
  END LOOP;
END
$body$
-- ;;
CREATE OR REPLACE TRIGGER guard_merge BEFORE UPDATE OF merged_into ON public.conversation FOR EACH ROW
  WHEN (NEW.merged_into IS NOT NULL AND NEW.merged_into IS DISTINCT FROM OLD.merged_into AND desk.guarded())
  EXECUTE FUNCTION desk._guard_merge()
-- ;;
ALTER TABLE public.conversation ENABLE ALWAYS TRIGGER guard_merge
