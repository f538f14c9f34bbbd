#!/bin/sh
# Prints a secret for Airflow's *_CMD settings, which take every character, so without the line's end that editors add.
set -eu
value=$(cat "/run/secrets/$1")
printf '%s' "$value"
