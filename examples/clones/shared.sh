#!/bin/sh
set -eu
echo "shared setup on $(hostname)"
