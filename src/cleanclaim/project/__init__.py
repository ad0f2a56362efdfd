"""What ties the floors together: settings, command line, database server, worker."""
