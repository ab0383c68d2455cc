"""The page ``/docs``: Swagger UI from an installed package, so it works without internet."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

from mcu_nlp_service.access.roles import needs

# Addresses are relative: the page also works behind a proxy that adds a prefix.
_PAGE = """<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mcu-nlp: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>Описание API в виде JSON: <a href="openapi.json">openapi.json</a></noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""
# The browser itself is told to load nothing from elsewhere and to run no script of the page's text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Offer ``GET /docs`` and what it needs."""
    assets = Path(str(files("fastapi_offline"))) / "static"
    reader = [needs("client")]

    @app.get("/docs", include_in_schema=False, dependencies=reader)
    async def page() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})

    @app.get("/docs/start.js", include_in_schema=False, dependencies=reader)
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    @app.get("/docs/swagger-ui-bundle.js", include_in_schema=False, dependencies=reader)
    async def script() -> FileResponse:
        return FileResponse(assets / "swagger-ui-bundle.js", media_type="text/javascript")

    @app.get("/docs/swagger-ui.css", include_in_schema=False, dependencies=reader)
    async def style() -> FileResponse:
        return FileResponse(assets / "swagger-ui.css", media_type="text/css")
