-- Nothing of the ledger is everybody's; `agentconsole desk init` gives the desk's roles what they need.
REVOKE ALL ON SCHEMA ledger FROM PUBLIC
-- ;;
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC
-- ;;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC
