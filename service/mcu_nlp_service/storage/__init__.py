"""What outlives the process: keys, jobs, corrections, the audit log. SQLite by default, PostgreSQL by a URL."""

from mcu_nlp_service.storage.database import Database

__all__ = ["Database"]
