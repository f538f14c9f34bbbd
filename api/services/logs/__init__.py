"""A run's log: fetched once from Airflow, kept on disk for a while, read from there in pages and followed live."""
