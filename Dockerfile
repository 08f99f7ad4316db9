# One image, one process, no root. The school's data live on the volume /data; at each start the database is brought to the
# schema of this version, then served.
#
#   docker build -t compagnon .
#   docker run -p 127.0.0.1:8000:8000 -v compagnon:/data -e COMPAGNON_PLAIN_HTTP=private compagnon      to try it here
#   docker run … -e COMPAGNON_BASE_URL=https://compagnon.ecole.example compagnon          behind a proxy that speaks TLS
#
# Without one of the two the server refuses to start: passwords do not cross a network in the clear.
# It is built where a container engine is at hand; the test suites of this repository neither build nor start it.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/compagnon
COPY requirements.lock .
RUN /opt/compagnon/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md ./
COPY app app
COPY migrations migrations
RUN /opt/compagnon/bin/pip install --no-cache-dir --no-build-isolation --no-deps . \
  && /opt/compagnon/bin/pip uninstall --yes hatchling editables trove-classifiers

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home compagnon \
  && install -d -m 0700 -o compagnon -g compagnon /data
COPY --from=build /opt/compagnon /opt/compagnon
ENV PATH=/opt/compagnon/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COMPAGNON_DATA_DIR=/data \
    COMPAGNON_HOST=0.0.0.0 \
    COMPAGNON_PORT=8000
WORKDIR /data
USER compagnon
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"COMPAGNON_PORT\"]}/health', timeout=4)"]
CMD ["sh", "-c", "umask 077 && compagnon migrate && exec compagnon serve"]
