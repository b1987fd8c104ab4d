# The image that scores predictions. It holds the program and its pinned dependencies, and nothing
# that was submitted. docs/explanation/container.md says how it is run and why.
#
#   docker build --target lexical --tag rexrank-scorer .
#   rexrank models fetch --all --models models && docker build --target full --tag rexrank-full .
#
# Works with BuildKit and with the classic builder. The workflow passes BASE_IMAGE with a digest.
ARG BASE_IMAGE=python:3.13-slim


# Stage `tools`: every wheel is checked against its hash, and nothing chooses a version here. What
# builds a wheel (hatchling, setuptools) stays behind in this stage.
FROM ${BASE_IMAGE} AS tools

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /build

# /opt/tools builds wheels; /opt/venv is what the final image gets, and has no pip in it.
RUN python -m venv --without-pip /opt/tools \
 && python -m venv --without-pip /opt/venv

COPY requirements/build.txt requirements/build.txt
RUN python -m pip --python /opt/tools/bin/python install \
    --require-hashes --no-deps --only-binary :all: -r requirements/build.txt

COPY requirements/scorer.txt requirements/scorer.txt
RUN python -m pip --python /opt/tools/bin/python wheel \
    --require-hashes --no-deps --no-build-isolation --wheel-dir wheels -r requirements/scorer.txt \
 && python -m pip --python /opt/venv/bin/python install --no-deps --no-index --compile wheels/*.whl


# Stage `build`: the program, beside what it needs.
FROM tools AS build

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN python -m pip --python /opt/tools/bin/python wheel \
    --no-deps --no-index --no-build-isolation --wheel-dir program . \
 && python -m pip --python /opt/venv/bin/python install --no-deps --no-index --compile program/*.whl


# Stage `lexical`: the metrics that compare words. No model, no weights, no compiler.
FROM ${BASE_IMAGE} AS lexical

# METEOR starts a Java program. WITH_JAVA=1 adds the runtime; without it METEOR is "unavailable".
ARG WITH_JAVA=0
RUN if [ "${WITH_JAVA}" = 1 ]; then \
      mkdir -p /usr/share/man/man1 \
      && apt-get update \
      && apt-get install -y --no-install-recommends default-jre-headless \
      && rm -rf /var/lib/apt/lists/*; \
    fi

COPY --from=build /opt/venv /opt/venv

# Bytecode was compiled above; the root file system is read-only when this runs.
ENV PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1

USER 65534:65534
WORKDIR /tmp
ENTRYPOINT ["rexrank"]

# Last, so that another revision of the same files reuses every layer.
ARG VERSION=0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="rexrank scorer" \
      org.opencontainers.image.description="Scores AI-written chest X-ray reports" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"


# Stage `neural`: what the metrics with a model need, before the program, so that a change of the
# program leaves these gigabytes alone. A compiler is here for packages that come without a wheel.
FROM tools AS neural

RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc g++ python3-dev \
 && rm -rf /var/lib/apt/lists/*

COPY requirements/neural.txt requirements/ratescore.txt requirements/
RUN python -m pip --python /opt/tools/bin/python wheel \
    --require-hashes --no-deps --no-build-isolation --wheel-dir neural \
    -r requirements/neural.txt -r requirements/ratescore.txt \
 && python -m pip --python /opt/venv/bin/python install --no-deps --no-index --compile neural/*.whl \
 && rm -r neural


# Stage `build-full`: the program, beside that.
FROM neural AS build-full

COPY --from=build /build/program program
RUN python -m pip --python /opt/venv/bin/python install --no-deps --no-index --compile program/*.whl


# Stage `full`: every metric, with the weights of the folder `models`, which
# `rexrank models fetch --models models` made. Nothing is fetched while it runs.
FROM lexical AS full

ENV REXRANK_MODELS=/opt/models \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1

COPY models /opt/models
COPY --from=build-full /opt/venv /opt/venv

# The build fails when a file differs from what was recorded.
RUN ["rexrank", "models", "verify"]
