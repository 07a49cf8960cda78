"""Live sources joined to the road: cameras, MQTT brokers, DICOM senders, watched folders.

What arrives is sealed into a spool with a public key before it is acknowledged, and goes down the same road as a file.
"""
