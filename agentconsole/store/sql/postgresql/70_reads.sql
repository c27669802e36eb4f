-- Who sees what: agents what is theirs, what their approvers and those they approve for have left, and the history of
-- a customer by a function; supervisors and auditors see all. Functions of the owner see all, whoever calls them.
CREATE OR REPLACE FUNCTION ledger.sees_all() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (SELECT FROM public.ledger_agent a WHERE a.id = ledger.me() AND a.active AND a.supervisor)
    OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_database() || '_auditor'
               AND pg_has_role(session_user, r.oid, 'MEMBER'))
$body$
-- ;;
-- Whose rules and budgets I see: mine, my approvers', and those of whoever I approve for.
CREATE OR REPLACE FUNCTION ledger.near() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT ledger.me()
  UNION SELECT x.approver FROM public.ledger_approver x WHERE x.agent = ledger.me()
  UNION SELECT x.agent FROM public.ledger_approver x WHERE x.approver = ledger.me()
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.near_teams() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT a.team FROM public.ledger_agent a
  WHERE a.team IS NOT NULL AND (a.id = ledger.me() OR a.id IN (
    SELECT x.agent FROM public.ledger_approver x WHERE x.approver = ledger.me()))
$body$
-- ;;
-- Whether an entry is about me: in my chain, on my budget, about my grant or my request, or a request I may decide on.
CREATE OR REPLACE FUNCTION ledger.mine(p_entry uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT EXISTS (
    SELECT FROM public.ledger_entry e
    LEFT JOIN public.ledger_entry g ON g.id = e.refers
    LEFT JOIN public.ledger_approval a ON a.id = e.approval_id
    WHERE e.id = p_entry AND (
      ledger.me() IN (e.agent, e.charged_to, g.agent, a.requester)
      OR e.entry = 'request' AND EXISTS (
        SELECT FROM public.ledger_approver x WHERE x.agent = e.agent AND x.approver = ledger.me()))
  )
$body$
-- ;;
-- All entries about a customer and whoever is linked to them, by anybody.
CREATE OR REPLACE FUNCTION ledger.entries_of(p_customer uuid) RETURNS SETOF public.ledger_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT e.* FROM public.ledger_entry e
  WHERE (ledger.me() IS NOT NULL OR ledger.sees_all()) AND e.customer_id IN (
    SELECT m.id FROM public.customer c
    JOIN public.customer m ON coalesce(c.linked_to, c.id) IN (m.id, m.linked_to)
    WHERE c.id = p_customer)
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.texts_of(p_customer uuid) RETURNS SETOF public.ledger_text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT t.* FROM ledger.entries_of(p_customer) e JOIN public.ledger_text t ON t.entry_id = e.id
$body$
-- ;;
-- Which of these voided grants of mine have their code in a text: whoever was shown it may not send it any more.
CREATE OR REPLACE FUNCTION ledger.burnt_in(p_text text, p_entries uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT v.entry_id FROM public.ledger_voucher v JOIN public.ledger_entry e ON e.id = v.entry_id
  WHERE e.agent = ledger.me() AND v.entry_id = ANY (p_entries) AND v.burnt AND position(v.code IN p_text) > 0
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.fulfilments_of(p_customer uuid) RETURNS SETOF public.ledger_fulfilment
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT f.* FROM ledger.entries_of(p_customer) e JOIN public.ledger_fulfilment f ON f.entry_id = e.id
$body$
-- ;;
-- What a customer has got, as the rules count it.
CREATE OR REPLACE FUNCTION ledger.given(p_customer uuid, p_purse text, p_currency text, p_within bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT CASE WHEN ledger.me() IS NOT NULL OR ledger.sees_all() THEN
    ledger._given(ledger._root(p_customer), p_purse, p_currency, p_within, ledger.clock()) END
$body$
-- ;;
DO $body$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES
      ('ledger_policy', 'true'),
      ('ledger_setting', 'true'),
      ('ledger_kind', 'true'),
      ('ledger_agent', 'true'),
      ('ledger_login', 'role = session_user::text'),
      ('ledger_rule', 'agent IN (SELECT ledger.near())'),
      ('ledger_reason', 'agent IN (SELECT ledger.near())'),
      ('ledger_approver', '(SELECT ledger.me()) IN (agent, approver)'),
      ('ledger_team', 'team IN (SELECT ledger.near_teams())'),
      ('ledger_budget', 'CASE scope WHEN ''agent'' THEN holder IN (SELECT ledger.near())
        ELSE holder IN (SELECT ledger.near_teams()) END'),
      ('ledger_approval', '(SELECT ledger.me()) IN (requester, approver) OR requester IN (
        SELECT x.agent FROM public.ledger_approver x WHERE x.approver = (SELECT ledger.me()))'),
      ('ledger_entry', '(SELECT ledger.me()) IN (agent, charged_to)
        OR (refers IS NOT NULL OR approval_id IS NOT NULL) AND ledger.mine(id)'),
      ('ledger_text', 'ledger.mine(entry_id)'),
      ('ledger_fulfilment', 'ledger.mine(entry_id)'),
      ('ledger_chain', 'agent = (SELECT ledger.me())'),
      ('ledger_customer', 'false'),
      ('ledger_voucher', 'false'),
      ('ledger_review', 'false')
    ) AS v (on_table, seen)
  LOOP
    EXECUTE 'ALTER TABLE public.' || made.on_table || ' ENABLE ROW LEVEL SECURITY';
    EXECUTE 'DROP POLICY IF EXISTS ledger_seen ON public.' || made.on_table;
    EXECUTE 'CREATE POLICY ledger_seen ON public.' || made.on_table || ' FOR SELECT USING ((SELECT ledger.sees_all()) OR ('
      || made.seen || '))';
  END LOOP;
  ALTER TABLE ledger.shown ENABLE ROW LEVEL SECURITY;
  ALTER TABLE ledger.kin ENABLE ROW LEVEL SECURITY;
END
$body$
