#!/bin/sh
# The browser journeys need Chromium, Chinese fonts and libatomic (for Playwright's driver). As root they are installed
# from Debian when missing; otherwise this says what to install, and the journeys fail with the same words.
set -eu
have() {
    { command -v "${CHROMIUM:-chromium}" && fc-list :lang=zh | grep -q . && ldconfig -p | grep -q libatomic.so.1; } \
        >/dev/null 2>&1
}
PATH="$PATH:/sbin:/usr/sbin"
have && exit 0
if [ "$(id -u)" != 0 ]; then
    echo "! The browser tests need: apt-get install chromium fonts-noto-cjk fontconfig libatomic1" >&2
    exit 0
fi
echo "· installing Chromium and Chinese fonts"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig libatomic1 >/dev/null
