#!/bin/sh
# Hands secrets from files to the settings that cannot name a file themselves, then becomes the command.
set -eu

# LOGIDATA_X_FILE=/run/secrets/x becomes LOGIDATA_X=<its content>. (Airflow reads its own by *_CMD.)
for name in $(env | sed -n 's/^\(LOGIDATA_[A-Z_]*\)_FILE=.*/\1/p'); do
    eval "file=\$${name}_FILE"
    value=$(cat "$file")
    export "$name=$value"
    unset "${name}_FILE"
done

# Airflow's simple auth manager opens its password file for writing, so a mounted secret will not do.
passwords=${AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE:-}
if [ -n "$passwords" ]; then
    (
        umask 077
        printf '{"%s": "%s"}\n' "$LOGIDATA_AIRFLOW_USERNAME" "$LOGIDATA_AIRFLOW_PASSWORD" >"$passwords"
    )
    unset LOGIDATA_AIRFLOW_PASSWORD
fi

exec "$@"
