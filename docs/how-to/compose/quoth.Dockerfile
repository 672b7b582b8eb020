# Quoth with what an index on a server needs. torch is small only from an index of its CPU builds:
# name one with --build-arg PIP_EXTRA_INDEX_URL=…
FROM python:3.11-slim
WORKDIR /quoth
COPY . .
ARG PIP_EXTRA_INDEX_URL
RUN pip install --no-cache-dir -c constraints.txt '.[postgres]' && useradd --create-home quoth
USER quoth
ENTRYPOINT ["quoth"]
