"""Migrations of the store, run when a store is opened; ``versions/`` holds one file per step."""
