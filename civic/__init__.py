"""The rules that phones, server, site and auditors share. Pure: no clock, disk, network or randomness."""
