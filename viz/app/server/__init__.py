"""The server of the page: requests, messages and sessions that it lets in."""
