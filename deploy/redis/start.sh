#!/bin/sh
# Starts a Redis server as cma-stress needs it: one user (cma) with a password, nothing thrown away, an append-only file,
# with TLS or without. Its configuration goes through stdin, so that neither a file nor ps shows the password.
#
#   REDIS_PASSWORD_FILE  one line
#   REDIS_DATA           directory of the append-only file (default: /data)
#   REDIS_PORT           default: 6379
#   REDIS_BIND           addresses (default: all)
#   REDIS_TLS_DIR        directory with tls.crt and tls.key; unset or empty: no TLS
set -eu
: "${REDIS_PASSWORD_FILE:?is the file with the password}"
data=${REDIS_DATA:-/data}
port=${REDIS_PORT:-6379}
password=$(tr -d '\r\n' <"$REDIS_PASSWORD_FILE")
if [ -z "$password" ]; then
  echo "$REDIS_PASSWORD_FILE is empty" >&2
  exit 2
fi
hash=$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)
listen="port $port"
if [ -n "${REDIS_TLS_DIR:-}" ]; then
  listen="port 0
tls-port $port
tls-cert-file \"$REDIS_TLS_DIR/tls.crt\"
tls-key-file \"$REDIS_TLS_DIR/tls.key\"
tls-auth-clients no"
fi
mkdir -p "$data"
exec redis-server - <<EOF
bind ${REDIS_BIND:-* -::*}
protected-mode no
$listen
dir "$data"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
user default off
user cma on #$hash ~cma-stress:* &cma-stress:* +@all -@dangerous +info
EOF
