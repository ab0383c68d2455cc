"""Prometheus metrics: counts, times and shares, never a text."""

from __future__ import annotations

from fastapi import FastAPI, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from mcu_nlp import Analysis, Analyzer


class Metrics:
    """The metrics of one app; a registry of its own, so that two apps can live in one process."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self.registry = own
        self.requests = Counter(
            "mcu_nlp_requests_total", "Requests by route and status", ["route", "status"], registry=own
        )
        self.running = Gauge("mcu_nlp_requests_running", "Requests begun and not yet answered", registry=own)
        self.seconds = Histogram("mcu_nlp_request_seconds", "Time to answer by route", ["route"], registry=own)
        self.analyses = Counter("mcu_nlp_analyses_total", "Appeals analysed", registry=own)
        self.reviews = Counter(
            "mcu_nlp_reviews_total", "Appeals with a reason to be looked at, by reason", ["reason"], registry=own
        )
        self.required = Counter("mcu_nlp_reviews_required_total", "Appeals that a person must look at", registry=own)
        self.tones = Counter("mcu_nlp_tones_total", "Appeals by level of tone", ["level"], registry=own)
        self.model = Gauge("mcu_nlp_model_info", "The model that answers", ["name", "version"], registry=own)
        ProcessCollector(registry=own)

    def tell_model(self, analyzer: Analyzer) -> None:
        """Tell which model answers."""
        self.model.labels(analyzer.model.name, analyzer.model.version).set(1)

    def count(self, analysis: Analysis) -> None:
        """Count what one analysis found."""
        self.analyses.inc()
        if analysis.tone:
            self.tones.labels(analysis.tone.level).inc()
        if analysis.review:
            self.required.inc(analysis.review.required)
            for reason in analysis.review.reasons:
                self.reviews.labels(reason).inc()

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one answered request; ``route`` is a pattern of the app, never a caller's path."""
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def install(self, app: FastAPI) -> None:
        """Offer ``GET /metrics``."""

        @app.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)
