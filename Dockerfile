# The page in the browser, in a container. From the project's folder:
#     docker build -t computeleap .
#     docker run --rm -p 127.0.0.1:8765:8765 -v "$PWD/results:/srv/results" computeleap
# and open http://127.0.0.1:8765. Any other command follows the name of the image:  … computeleap computeleap run --seeds 2
# release/docker_steps.py runs these steps without Docker, in a clean folder.
FROM python:3.13-slim

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    COMPUTELEAP_CACHE=/srv/cache \
    SOLARA_TELEMETRY_MIXPANEL_ENABLE=False

WORKDIR /srv/source
COPY pyproject.toml MANIFEST.in README.md LICENSE constraints.txt ./
COPY agents agents
COPY model model
COPY experiments experiments
COPY viz viz
RUN python -m pip install -c constraints.txt ".[app]"

# Another folder: what runs is what was installed. The rules are compiled once, here, and not at every start.
WORKDIR /srv
RUN rm -r /srv/source \
    && mkdir -p /srv/cache /srv/results \
    && chmod 700 /srv/cache \
    && computeleap run random_hosts --seeds 1 --firms 500 --until 2006 --workers 1 --out /srv/first \
    && rm -r /srv/first \
    && chown -R 1000:1000 /srv

USER 1000:1000
EXPOSE 8765
CMD ["computeleap", "app", "--host", "0.0.0.0", "--port", "8765", "--allowed-host", "localhost"]
