-- What all functions of the ledger stand on: its schema, its clock, who acts, how it refuses.
--
-- Every function is SECURITY DEFINER, looks names up in pg_catalog only (pg_temp last), and names everything else with
-- its schema. Those whose names begin with "_" are nobody's to call. What an agent may call and what writes begins
-- with ledger._acting(); what only reads is STABLE. No backslash stands in a body: a session may change what it means.
CREATE SCHEMA IF NOT EXISTS ledger
-- ;;
CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT clock_timestamp()'
-- ;;
CREATE OR REPLACE FUNCTION ledger._refuse(p_code text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  RAISE EXCEPTION USING MESSAGE = p_code, ERRCODE = 'GW001';
END
$body$
-- ;;
-- The agent whose login this session is; nobody for a role that is no agent's (any more), and where the policy says that
-- the agent is none any more. One that the policy does not know yet is: a supervisor applies the first one.
CREATE OR REPLACE FUNCTION ledger.me() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT l.agent FROM public.ledger_login l LEFT JOIN public.ledger_agent a ON a.id = l.agent
  WHERE l.role = session_user::text AND l.active AND a.active IS NOT FALSE
$body$
-- ;;
-- Whether this session is of the desk's owner, who set it up: on a desk without roles whoever made it.
CREATE OR REPLACE FUNCTION ledger._owns() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT pg_has_role(session_user, c.relowner, 'MEMBER') FROM pg_class c
  WHERE c.oid = 'public.ledger_entry'::regclass
$body$
-- ;;
-- Refuses every isolation level but READ COMMITTED: sums are read after the locks, by statements that see what was
-- committed meanwhile.
CREATE OR REPLACE FUNCTION ledger._in_order() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM ledger._refuse('isolation');
  END IF;
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);  -- what is answered as committed must be on the disk
  END IF;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._acting(p_agent text) RETURNS public.ledger_agent
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  me public.ledger_agent;
BEGIN
  PERFORM ledger._in_order();
  IF NOT EXISTS (SELECT FROM public.ledger_setting) THEN
    PERFORM ledger._refuse('no_policy');
  END IF;
  SELECT a.* INTO me FROM public.ledger_login l JOIN public.ledger_agent a ON a.id = l.agent
  WHERE l.role = session_user::text AND l.active AND a.active;
  IF NOT FOUND OR p_agent IS DISTINCT FROM me.id THEN
    PERFORM ledger._refuse('unknown_agent');
  END IF;
  RETURN me;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._supervising(p_agent text) RETURNS public.ledger_agent
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
BEGIN
  IF NOT me.supervisor THEN
    PERFORM ledger._refuse('not_supervisor');
  END IF;
  RETURN me;
END
$body$
