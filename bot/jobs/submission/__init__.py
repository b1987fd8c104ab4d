"""A submission before it is opened: started, packaged, sealed, checked and shown."""
