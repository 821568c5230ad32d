"""Print the runs whose hashes differ from the committed ones, as this Python computes them."""

from tests.properties.result_hashes import digest, entries, read, run

known = read()["hashes"]
print([f"{name}/{seed}" for name, seed in entries() if digest(run(name, seed)) != known[f"{name}/{seed}"]])
