#!/bin/sh
# Runs on every `up`.
echo "$(hostname) is $(/etc/nocloud/env.sh COLOUR)"
