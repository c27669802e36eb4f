"""The console in a browser, on loopback, behind a login of its own."""
