"""agentconsole: a terminal console for customer-care advisers."""

__version__ = "0.1.0"
