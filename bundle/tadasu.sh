#!/bin/sh
# Runs the version of Tadasu that this file belongs to; DEST/tadasu points to the one in use.
home=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
# Idle threads sleep, and nobody is called.
export OMP_WAIT_POLICY=passive MLFLOW_DISABLE_TELEMETRY=true GX_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
unset PYTHONPATH PYTHONHOME
exec "$home/.venv/bin/tadasu" "$@"
