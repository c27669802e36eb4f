"""What is measured, and a desk to measure it on: ``python -m bench --help``; docs/performance.md tells the results."""
