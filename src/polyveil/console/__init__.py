"""The web console: pages on NiceGUI and a REST API on the FastAPI application beneath, over one unlocked vault."""
