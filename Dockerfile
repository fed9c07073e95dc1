# syntax=docker/dockerfile:1

# The base of both stages, pinned to one release of Python and of Debian.
FROM python:3.13.9-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# Where things are installed; nothing of this stage but /opt/amilia-feeds is kept.
FROM base AS build
RUN python -m venv /opt/amilia-feeds
ENV PATH=/opt/amilia-feeds/bin:$PATH
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
RUN pip install --no-deps --no-build-isolation . \
    && python -m compileall -q /opt/amilia-feeds \
    && pip uninstall --yes pip

FROM base
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin feeds \
    && install --directory --owner feeds --group feeds /app /app/data
COPY --from=build /opt/amilia-feeds /opt/amilia-feeds
ENV PATH=/opt/amilia-feeds/bin:$PATH
WORKDIR /app
USER 10001
# The only place that is written to; everything else may be mounted read-only.
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["amilia-feeds"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
