# The steps are those of `make run`: install by constraints, collect static files, serve by gunicorn.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install -r requirements.txt -c constraints.txt
COPY . .
# Development settings, for this one command: no secret of production is known while building.
RUN MARQUEE_ENV=development SECRET_KEY=unused python manage.py collectstatic --no-input \
    && python -m compileall -q accounts config movies recommendations runner

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/marquee --create-home marquee
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MARQUEE_ENV=production \
    MARQUEE_VAR=/var/lib/marquee \
    WEB_BIND=0.0.0.0:8000
WORKDIR /app
USER marquee
VOLUME /var/lib/marquee
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--config", "python:config.gunicorn"]
