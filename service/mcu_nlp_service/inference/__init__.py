"""Analyses in worker processes: the event loop never waits for one."""

from mcu_nlp_service.inference.lane import ModelSource
from mcu_nlp_service.inference.pool import Pool, TooSlowError, WorkerLostError
from mcu_nlp_service.inference.worker import Answer, Facts, ModelFacts, Refused

__all__ = ["Answer", "Facts", "ModelFacts", "ModelSource", "Pool", "Refused", "TooSlowError", "WorkerLostError"]
