#!/bin/sh
# The test of the recipe in docs/nginx.conf needs nginx. Where it is missing, Debian's package is unpacked into build/nginx and not
# installed: an installed one would begin to serve. Without apt this says what to install, and the test fails with the same words.
set -eu
PATH="$PATH:/sbin:/usr/sbin"
HERE="$(cd "$(dirname "$0")/.." && pwd)/build/nginx"
command -v nginx >/dev/null 2>&1 && exit 0
[ -x "$HERE/usr/sbin/nginx" ] && exit 0
say() {
    echo "! The test behind a proxy needs: apt-get install nginx (or apt with its lists, to fetch the package)" >&2
    exit 0
}
command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || say
echo "· fetching nginx"
rm -rf "$HERE" && mkdir -p "$HERE/fetched"
# As root apt fetches as somebody else, who must be able to write there.
chmod 777 "$HERE/fetched"
fetch() { (cd "$HERE/fetched" && apt-get download -q nginx >/dev/null 2>&1); }
fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq && fetch; } || say
for package in "$HERE"/fetched/*.deb; do dpkg-deb -x "$package" "$HERE"; done
