# Two images of one project: `app` is uWSGI with the shop, `web` is nginx with its static files. compose.yaml runs them.
FROM debian:bookworm-slim AS base
RUN groupadd --gid 10001 axf && useradd --uid 10001 --gid axf --no-create-home --home-dir /srv/axf axf

FROM base AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends brotli gcc libc6-dev python3-dev python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/axf
COPY requirements.txt .
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN .venv/bin/pybabel -q compile -d axf/translations \
 && .venv/bin/python -m compileall -q axf migrations \
 && .venv/bin/python deploy/collect.py /srv/static

FROM base AS app
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpython3.11 mariadb-client python3 tini \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o axf -g axf /var/lib/axf /var/lib/axf/instance \
 && install -d -o axf -g www-data -m 2750 /run/axf \
 && install -d -o axf -g www-data -m 2755 /var/lib/axf/media
COPY --from=build /srv/axf /srv/axf
WORKDIR /srv/axf
ENV PATH=/srv/axf/.venv/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 \
    AXF_RUN_DIR=/run/axf AXF_INSTANCE_DIR=/var/lib/axf/instance AXF_MEDIA_DIR=/var/lib/axf/media
USER axf
VOLUME ["/run/axf", "/var/lib/axf/instance", "/var/lib/axf/media"]
ENTRYPOINT ["tini", "--"]
CMD ["uwsgi", "--ini", "deploy/uwsgi.ini"]

FROM base AS web
RUN apt-get update \
 && apt-get install -y --no-install-recommends nginx-light libnginx-mod-http-brotli-static python3 \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o www-data -g www-data /var/lib/axf/nginx \
 && ln -sf /dev/stdout /var/log/nginx/access.log \
 && ln -sf /dev/stderr /var/log/nginx/error.log
COPY --from=build /srv/static /var/lib/axf/static
COPY deploy /srv/axf/deploy
EXPOSE 80 443
# AXF_HOST is the name in AXF_BASE_URL.
CMD ["sh", "-c", "python3 /srv/axf/deploy/render.py --host \"$AXF_HOST\" --no-ipv6 >/etc/nginx/nginx.conf && exec nginx -g 'daemon off;'"]
