"""Prometheus metrics: counts, times and shares, never a text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from mcu_nlp_service.inference.worker import Facts, ModelFacts
from mcu_nlp_service.seeing.drift import DECISIONS, Drift

_TENTHS = [n / 10 for n in range(1, 11)]
_CHARACTERS = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000]
_BYTES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]


class Metrics:
    """The metrics of one app; a registry of its own, so that two apps can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._drift = Drift(None)
        self._about_requests()
        self._about_answers()
        self._about_models()
        ProcessCollector(registry=self.registry)

    def _about_requests(self) -> None:
        own = self.registry
        self.requests = Counter(
            "mcu_nlp_requests_total", "Requests by route and status", ["route", "status"], registry=own
        )
        self.running = Gauge("mcu_nlp_requests_running", "Requests begun and not yet answered", registry=own)
        self.seconds = Histogram(
            "mcu_nlp_request_seconds", "Time to answer by route", ["route"], buckets=_SECONDS, registry=own
        )
        self.jobs = Gauge("mcu_nlp_jobs", "Jobs by state, counted every 15 seconds", ["state"], registry=own)
        self.bytes = Histogram(
            "mcu_nlp_request_bytes", "Size of a request's body as announced, by route", ["route"], buckets=_BYTES,
            registry=own,
        )  # fmt: skip

    def _about_answers(self) -> None:
        own = self.registry
        self.analyses = Counter("mcu_nlp_analyses_total", "Appeals analysed", registry=own)
        self.characters = Histogram(
            "mcu_nlp_text_characters", "Length of the cleaned texts", buckets=_CHARACTERS, registry=own
        )
        self.confidence = Histogram(
            "mcu_nlp_confidence", "Confidence by decision", ["decision"], buckets=_TENTHS, registry=own
        )
        self.categories = Counter("mcu_nlp_categories_total", "Appeals by category", ["category"], registry=own)
        self.topics = Counter("mcu_nlp_topics_total", "Appeals by topic", ["topic"], registry=own)
        self.kinds = Counter("mcu_nlp_kinds_total", "Appeals by kind", ["kind"], registry=own)
        self.sources = Counter(
            "mcu_nlp_department_sources_total", "Appeals by what named the department", ["source"], registry=own
        )
        self.tones = Counter("mcu_nlp_tones_total", "Appeals by level of tone", ["level"], registry=own)
        self.signals = Counter("mcu_nlp_signals_total", "Signs of conflict by kind", ["signal"], registry=own)
        self.reviews = Counter(
            "mcu_nlp_reviews_total", "Appeals with a reason to be looked at, by reason", ["reason"], registry=own
        )
        self.required = Counter("mcu_nlp_reviews_required_total", "Appeals that a person must look at", registry=own)
        drift = Gauge(
            "mcu_nlp_drift_psi", "Drift of the latest answers against the training report (PSI)",
            ["decision", "of"], registry=own,
        )  # fmt: skip
        for decision in DECISIONS:
            drift.labels(decision, "answers").set_function(partial(self._drifted, decision, "answers"))
            drift.labels(decision, "confidence").set_function(partial(self._drifted, decision, "confidence"))

    def _drifted(self, decision: str, of: str) -> float:
        return self._drift.answers(decision) if of == "answers" else self._drift.confidence(decision)

    def _about_models(self) -> None:
        own, named = self.registry, ["name", "version"]
        self.model = Gauge("mcu_nlp_model_info", "The model that answers", named, registry=own)
        self.shadow = Gauge(
            "mcu_nlp_shadow_model_info", "The model that answers in the background", named, registry=own
        )
        self.changes = Counter("mcu_nlp_model_changes_total", "Models activated or refused", ["outcome"], registry=own)
        self.shadow_compared = Counter(
            "mcu_nlp_shadow_compared_total", "Appeals that both models answered", registry=own
        )
        self.shadow_differed = Counter(
            "mcu_nlp_shadow_differed_total", "Appeals that they answered differently", ["decision"], registry=own
        )
        self.shadow_dropped = Counter(
            "mcu_nlp_shadow_dropped_total", "Appeals not compared: the shadow model was busy", registry=own
        )
        self.shadow_failed = Counter(
            "mcu_nlp_shadow_failed_total", "Appeals that the shadow model could not answer", registry=own
        )

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A gauge that asks for its value when it is read."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def tell_model(self, facts: ModelFacts) -> None:
        """Tell which model answers; drift is measured anew, against its own report."""
        self.model.clear()
        self.model.labels(facts.name, facts.version).set(1)
        self._drift = Drift(facts.reference)

    def tell_shadow(self, facts: ModelFacts | None) -> None:
        """Tell which model answers in the background, if one does."""
        self.shadow.clear()
        if facts is not None:
            self.shadow.labels(facts.name, facts.version).set(1)

    def count(self, facts: Facts) -> None:
        """Count what one analysis found."""
        self.analyses.inc()
        self.characters.observe(facts.characters)
        self.confidence.labels("category").observe(facts.category_confidence)
        self.confidence.labels("topic").observe(facts.topic_confidence)
        self.confidence.labels("department").observe(facts.department_confidence)
        self.categories.labels(facts.category).inc()
        self.topics.labels(facts.topic).inc()
        self.kinds.labels(facts.kind).inc()
        self.sources.labels(facts.department_source).inc()
        self.tones.labels(facts.level).inc()
        for signal in facts.signals:
            self.signals.labels(signal).inc()
        self.required.inc(facts.review_required)
        for reason in facts.reasons:
            self.reviews.labels(reason).inc()
        self._drift.add(facts)

    def observe(self, route: str, status: int, seconds: float, size: int | None = None) -> None:
        """Count one answered request; ``route`` is a pattern of the app, never a caller's path."""
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        if size is not None:
            self.bytes.labels(route).observe(size)
