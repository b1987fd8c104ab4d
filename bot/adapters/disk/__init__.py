"""Files and folders on this machine."""
