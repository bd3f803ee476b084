FROM python:3.11-slim-bookworm AS build
COPY requirements.runtime.lock /build/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /build/requirements.runtime.lock

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/huixiang
COPY --from=build /venv /venv
# .dockerignore lists what there is to copy.
COPY . .
# A volume mounted here for the first time takes over this owner.
RUN python -m compileall -q app && mkdir /data && chown 10001:10001 /data
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["api", "--host", "0.0.0.0", "--port", "8000"]
