"""What Docker runs in a container to learn whether its process does its job; light, since it runs all day.

healthcheck.py url URL         the URL answers with 2xx
healthcheck.py airflow NAME    Airflow's own report calls the component healthy (its latest heartbeat is recent)
healthcheck.py port NUMBER     something of this container listens there
healthcheck.py worker          this container's Celery worker answers a ping over the broker
"""

import json
import os
import socket
import subprocess
import sys
import urllib.request

PATIENCE = 5.0
REPORT = "/api/v2/monitor/health"


def url_is_healthy(url: str) -> bool:
    """Whether it answers; urllib raises for 4xx and 5xx."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - the compose file's own URLs
        return answer.status < 300


def component_is_healthy(component: str) -> bool:
    """What `airflow jobs check` tells too, without importing Airflow (4 s of CPU) for each look."""
    with urllib.request.urlopen(os.environ["LOGIDATA_AIRFLOW_URL"] + REPORT, timeout=PATIENCE) as answer:  # noqa: S310
        return json.load(answer)[component]["status"] == "healthy"


def worker_is_healthy() -> bool:
    """Whether the worker named after this host answers."""
    from celery import Celery  # noqa: PLC0415 - only the worker's image has it

    broker = subprocess.check_output(os.environ["AIRFLOW__CELERY__BROKER_URL_CMD"].split(), text=True).strip()
    with Celery(broker=broker) as app:
        return bool(app.control.ping([f"celery@{socket.gethostname()}"], timeout=PATIENCE))


def port_is_open(port: str) -> bool:
    """Whether a connection is taken; Spark listens when it is ready."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE):
        return True


def main(kind: str, *arguments: str) -> int:
    """0 healthy, 1 not, with the reason for `docker inspect`."""
    checks = {"url": url_is_healthy, "airflow": component_is_healthy, "port": port_is_open, "worker": worker_is_healthy}
    try:
        healthy = checks[kind](*arguments)
    except OSError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
