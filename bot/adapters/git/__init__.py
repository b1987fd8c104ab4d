"""Git: objects read from a bare repository, commits written, credentials for pushing."""
