"""Documents from web addresses: robots respected, private networks refused, size and redirects limited."""
