"""Rules and procedures to one WebAssembly module: the third target of the same text."""
