#!/bin/sh
# Makes every secret of a cluster, once: `sh docker/make-secrets.sh [FOLDER]`. What exists is left as it is.
# The folder is closed to other users. The files in it are not: Docker mounts each with its own mode into containers
# that run as another user than you.
set -eu
folder=${1:-var/cluster}
mkdir -p "$folder"
chmod 0700 "$folder"
cd "$folder"

random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
keep() {
    [ -e "$1" ] && return
    printf '%s\n' "$2" >"$1.new"
    chmod 0444 "$1.new"
    mv "$1.new" "$1"
    echo "made $folder/$1"
}

keep postgres_password "$(random 24)"
keep airflow_database_url "postgresql+psycopg2://airflow:$(random 24)@postgres:5432/airflow"
keep logidata_database_url "postgresql+psycopg2://logidata:$(random 24)@postgres:5432/logidata"
keep celery_result_backend "db+postgresql+psycopg2://celery:$(random 24)@postgres:5432/celery"
# Redis knows its users from a file of its own, so these two belong together.
if [ ! -e celery_broker_url ] || [ ! -e redis_users ]; then
    rm -f celery_broker_url redis_users
    password=$(random 24)
    keep celery_broker_url "redis://celery:$password@redis:6379/0"
    keep redis_users "user default off
user celery on >$password ~* &* +@all -@dangerous +info
user health on nopass -@all +ping"
fi
# A Fernet key is 32 bytes in URL-safe base64. Without it the connections stored in Airflow cannot be read.
keep airflow_fernet_key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
keep airflow_jwt_secret "$(random 48)"
keep airflow_api_secret_key "$(random 32)"
keep airflow_password "$(random 12)"
keep admin_password "$(random 12)"
keep service_token "$(random 32)"
keep jwt_secret "$(random 48)"
keep spark_token "$(random 32)"
