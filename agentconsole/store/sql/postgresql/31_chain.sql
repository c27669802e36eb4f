-- The chain: every entry holds the hash of the one before it in the chain of whoever acted.
CREATE OR REPLACE FUNCTION ledger._entry_hash(p_prev bytea, e public.ledger_entry) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT sha256(p_prev || convert_to(concat_ws('|',
    'agentconsole-ledger-1', e.agent, e.seq, e.entry, e.id, e.conversation_id, e.customer_id, e.kind, e.purse,
    e.amount, e.currency, e.reason, coalesce(e.team, '-'), e.charged_to, to_char(e.period, 'YYYY-MM-DD'),
    coalesce(to_char(e.team_period, 'YYYY-MM-DD'), '-'), (extract(epoch FROM e.at) * 1000000)::bigint, e.key,
    coalesce(e.approval_id::text, '-'), coalesce(e.refers::text, '-'), e.policy, encode(e.text_digest, 'hex')
  ), 'UTF8'))
$body$
-- ;;
-- Until the transaction ends nobody else writes in this agent's chain.
CREATE OR REPLACE FUNCTION ledger._hold_chain(p_agent text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  INSERT INTO public.ledger_chain (agent, seq, head) VALUES (p_agent, 0, decode(repeat('00', 32), 'hex'))
  ON CONFLICT DO NOTHING;
  PERFORM FROM public.ledger_chain c WHERE c.agent = p_agent FOR UPDATE;
END
$body$
-- ;;
-- Writes an entry whose seq, digest and hashes are not known yet.
CREATE OR REPLACE FUNCTION ledger._append(e public.ledger_entry, p_proof text, p_remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  salt bytea := uuid_send(gen_random_uuid());
BEGIN
  SELECT c.seq + 1, c.head INTO STRICT e.seq, e.prev FROM public.ledger_chain c WHERE c.agent = e.agent FOR UPDATE;
  e.text_digest := sha256(salt || convert_to(p_proof, 'UTF8') || decode('00', 'hex') || convert_to(p_remark, 'UTF8'));
  e.hash := ledger._entry_hash(e.prev, e);
  INSERT INTO public.ledger_entry SELECT (e).*;
  INSERT INTO public.ledger_text (entry_id, salt, proof, remark) VALUES (e.id, salt, p_proof, p_remark);
  UPDATE public.ledger_chain c SET seq = e.seq, head = e.hash WHERE c.agent = e.agent;
END
$body$
