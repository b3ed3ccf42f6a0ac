#!/bin/sh
# Asks the registry for the digests of the images that docker-compose.yml and the Dockerfile name by version, and writes them into
# docker/compose.pinned.yml:
#   docker compose -f docker-compose.yml -f docker/compose.pinned.yml up -d --build
# Prints what belongs below "images:" in deploy/kubernetes/kustomization.yaml. Run it again after an update of ODS.
set -eu
cd "$(dirname "$0")"
pinned=compose.pinned.yml

image_of() { # SERVICE: what docker-compose.yml says
  sed -n "/^  $1:/,/^    image:/s/^    image: *//p" ../docker-compose.yml | head -n 1
}
digest_of() { # IMAGE
  digest=$(docker buildx imagetools inspect "$1" | sed -n 's/^Digest: *//p' | head -n 1)
  case $digest in
    sha256:????????????????????????????????????????????????????????????????) echo "$digest" ;;
    *) echo "The registry named no digest of $1. Nothing was written." >&2; return 1 ;;
  esac
}

nginx=$(image_of nginx)
mysql=$(image_of mysql)
redis=$(image_of redis)
node=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
nginx_digest=$(digest_of "$nginx")
mysql_digest=$(digest_of "$mysql")
redis_digest=$(digest_of "$redis")
node_digest=$(digest_of "$node")

cat > "$pinned.new" <<END
# Written by docker/pin-images.sh.
services:
  nginx: { image: '$nginx@$nginx_digest' }
  mysql: { image: '$mysql@$mysql_digest' }
  redis: { image: '$redis@$redis_digest' }
  webapp: { build: { args: { NODE_IMAGE: '$node@$node_digest' } } }
  worker: { build: { args: { NODE_IMAGE: '$node@$node_digest' } } }
END
mv "$pinned.new" "$pinned"
echo "docker/$pinned written. For Kubernetes, below images: in deploy/kubernetes/kustomization.yaml:"
echo "  - { name: ${nginx%:*}, digest: '$nginx_digest' }"
