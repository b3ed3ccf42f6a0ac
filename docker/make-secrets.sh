#!/bin/sh
# Writes the secrets of docker-compose.yml, once; what is there already is kept.
# The directory is closed to others. The files in it are open, because each is handed to a container whose user is not yours.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
make() { # NAME COMMAND...: the output of the command becomes the secret
  file=secrets/$1
  shift
  if [ ! -s "$file" ]; then "$@" > "$file"; echo "docker/$file written. Keep a copy in a safe place."; fi
  chmod 644 "$file"
}
make mysql_password openssl rand -hex 24
make secret_key openssl rand -base64 48
make database_key openssl rand -base64 32
make admin_password openssl rand -base64 18
echo "Sign in as admin with the password in docker/secrets/admin_password; it counts at the first start only."
