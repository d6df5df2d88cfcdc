#!/usr/bin/env bash
# test/container/build-image.sh [TAG]: builds worker/Dockerfile where no base image can be pulled. The
# base images are imported from files of this machine: Node with its libraries, and for the build
# stage npm, a shell and mkdir beside it. Prints the name of the image in the last line.
#
# What was imported or built before is found again, so a second call takes seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

image=${1:-nightdesk:test}
node=$(readlink -f node_modules/node/bin/node)
version=$("$node" -p process.version)
# Another script or another Node is another base.
base=nightdesk-base:$version-$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-12)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Puts programs into a root file system, with what they are linked to.
put_programs() {
  local root=$1 program
  shift
  for program in "$@"; do
    install -D "$(readlink -f "$program")" "$root/usr/bin/${program##*/}"
    ldd "$(readlink -f "$program")" | grep -o '/[^ ]*' | while read -r library; do
      [[ -e $root$library ]] || install -D "$library" "$root$library"
    done
  done
}

# What every root file system has.
put_basics() {
  local root=$1
  mkdir -p "$root"/{etc,proc,sys,dev}
  install -d -m 1777 "$root/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
}

# npm as it is installed here, and what it needs to reach the registry that this machine uses.
put_npm() {
  local root=$1 npm authorities=/etc/ssl/certs/ca-certificates.crt
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$root/usr/lib/node_modules" "$root/root" "$root/bin"
  cp -RL "$npm" "$root/usr/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
  ln -s ../usr/bin/sh "$root/bin/sh"
  install -D -m 644 "$authorities" "$root$authorities"
  mkdir -p "$root/usr/etc"
  printf 'registry=%s\ncafile=%s\n' "$(npm config get registry)" "$authorities" >"$root/usr/etc/npmrc"
}

import() {
  tar -C "$1" -c . | docker import - "$2" >/dev/null
}

if ! docker image inspect "$base" "$base-build" >/dev/null 2>&1; then
  run=$folder/run build=$folder/build
  put_basics "$run"
  put_programs "$run" "$node"
  cp -a "$run" "$build"
  put_programs "$build" /bin/sh /usr/bin/env /bin/mkdir
  put_npm "$build"
  import "$run" "$base"
  import "$build" "$base-build"
fi

# The builder of every Docker since 17.05: the newer one needs a plugin that is not everywhere.
DOCKER_BUILDKIT=0 docker build --quiet --network host -f worker/Dockerfile -t "$image" \
  --build-arg "BASE_IMAGE=$base" --build-arg "BUILD_IMAGE=$base-build" . >/dev/null
printf '%s\n' "$image"
