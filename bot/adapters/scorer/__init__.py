"""Where scoring runs: a container, processes or a Dask cluster, and its model weights."""
