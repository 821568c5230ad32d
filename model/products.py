"""Products of a matrix of cities with columns of cities, for markets: vectorised, in a fixed order of sums.

Plain loops that markets call and the engine compiles. The sum for each city runs over the cities of
origin in order, one product added at a time, so the bits do not depend on how the loops are arranged.
"""


def add_product(matrix, source, target):
    """Add Σ_c matrix[c, j]·source[c] to each target[j]; matrix (C·C,) by rows, source and target (C,)."""
    cities = len(target)
    quads = cities // 4
    for quad in range(quads):
        c = 4 * quad
        row = c * cities
        # Four rows at a time: the target is read and written once for four products.
        a, b, d, e = source[c], source[c + 1], source[c + 2], source[c + 3]
        for j in range(cities):
            value = target[j] + matrix[row + j] * a
            value = value + matrix[row + cities + j] * b
            value = value + matrix[row + 2 * cities + j] * d
            target[j] = value + matrix[row + 3 * cities + j] * e
    for c in range(4 * quads, cities):
        row = c * cities
        a = source[c]
        for j in range(cities):
            target[j] += matrix[row + j] * a


def add_two_products(matrix, source, target, other_source, other_target):
    """The same for two columns at once, which reads the matrix once."""
    cities = len(target)
    pairs = cities // 2
    for pair in range(pairs):
        c = 2 * pair
        row = c * cities
        a, b = source[c], source[c + 1]
        d, e = other_source[c], other_source[c + 1]
        for j in range(cities):
            near, far = matrix[row + j], matrix[row + cities + j]
            target[j] = (target[j] + near * a) + far * b
            other_target[j] = (other_target[j] + near * d) + far * e
    for c in range(2 * pairs, cities):
        row = c * cities
        a, d = source[c], other_source[c]
        for j in range(cities):
            target[j] += matrix[row + j] * a
            other_target[j] += matrix[row + j] * d
