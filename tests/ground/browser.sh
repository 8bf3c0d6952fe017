#!/bin/sh
# Finds a Chromium or Chrome for the page tests; where apt may be used, installs Debian's.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the page tests ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -qq update >/dev/null &&
    apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install chromium >/dev/null && exit 0
fi
echo "No Chromium here, so the page tests are left out; on Debian: sudo apt-get install chromium"
