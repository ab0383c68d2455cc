"""What an operator can see: metrics, drift, logs, the audit log. Never a text."""
