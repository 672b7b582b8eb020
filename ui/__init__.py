"""The user interfaces: the command line, the web page and the HTTP interface."""
