#!/bin/sh
set -eu
echo "first setup on $(hostname)"
