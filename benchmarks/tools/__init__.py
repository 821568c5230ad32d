"""One reduced economy, written with each tool that is compared."""
