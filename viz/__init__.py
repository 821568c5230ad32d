"""The user interface: command line, page in the browser, figures and reports."""
