# shellcheck shell=sh
# The rows of the northbound database; DATA is the transaction that asks for them.
section ovn
! has ovsdb-client || ovsdb-client --timeout=15 query unix:/run/ovn/ovnnb_db.sock "$DATA" || failed ovn
