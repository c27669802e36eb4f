"""How customers get what was granted: out of a pool of codes, from the shop over HTTP, or by the back office."""
