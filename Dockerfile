# Two stages: the first makes the environment from the lock file, the second holds nothing that builds.
FROM python:3.13-slim AS build

WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/mcu-nlp
# Requirements first: a change of the code does not install them again.
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY deploy/requirements.py deploy/
RUN python deploy/requirements.py pyproject.toml postgres > wanted.txt \
    && /opt/mcu-nlp/bin/pip install --requirement wanted.txt --constraint requirements.lock
COPY mcu_nlp mcu_nlp
COPY service service
COPY models models
COPY corpus corpus
RUN /opt/mcu-nlp/bin/pip install --no-deps .


FROM python:3.13-slim

RUN groupadd --system --gid 10001 mcu-nlp \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/mcu-nlp --shell /usr/sbin/nologin mcu-nlp \
    && install -d -o mcu-nlp -g mcu-nlp -m 0700 /var/lib/mcu-nlp
COPY --from=build /opt/mcu-nlp /opt/mcu-nlp
ENV PATH=/opt/mcu-nlp/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    OMP_NUM_THREADS=1 \
    MCU_NLP_STATE=/var/lib/mcu-nlp
USER 10001:10001
WORKDIR /var/lib/mcu-nlp
VOLUME ["/var/lib/mcu-nlp"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# Beyond loopback every call needs a key: docker exec <container> mcu-nlp keys create
CMD ["mcu-nlp", "serve", "--host", "0.0.0.0", "--port", "8000"]
