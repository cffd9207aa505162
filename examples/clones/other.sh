#!/bin/sh
set -eu
echo "other setup on $(hostname)"
