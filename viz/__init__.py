"""What a person looks at: the command line, the page in the browser, figures and reports."""
