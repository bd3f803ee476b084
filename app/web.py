"""The web process: ``uvicorn --factory app.web:app``."""

from fastapi import FastAPI

from app.logs import configure_logging
from app.main import create_app
from app.settings import get_settings


def app() -> FastAPI:
    settings = get_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
