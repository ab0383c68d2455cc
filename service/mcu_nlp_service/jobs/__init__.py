"""Files of appeals, worked on in the background: each row exactly once, whatever stops in between."""

from mcu_nlp_service.jobs.jobs import Jobs

__all__ = ["Jobs"]
