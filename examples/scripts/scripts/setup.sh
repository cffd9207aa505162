#!/bin/sh
# Runs once in each guest that names it.
set -eu
cat /etc/nocloud/context/motd
/etc/nocloud/env.sh ROLE || echo 'no role'
