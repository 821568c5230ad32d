"""Products of a matrix of cities with a column of cities, for markets: vectorised, in a fixed order of sums.

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
        # Four rows at a time, so the target is read and written once for four products; as slices, or
        # the compiler would not see that the rows do not overlap.
        first = matrix[row : row + cities]
        second = matrix[row + cities : row + 2 * cities]
        third = matrix[row + 2 * cities : row + 3 * cities]
        fourth = matrix[row + 3 * cities : row + 4 * cities]
        a, b, d, e = source[c], source[c + 1], source[c + 2], source[c + 3]
        for j in range(cities):
            target[j] = (((target[j] + first[j] * a) + second[j] * b) + third[j] * d) + fourth[j] * e
    for c in range(4 * quads, cities):
        last = matrix[c * cities : (c + 1) * cities]
        a = source[c]
        for j in range(cities):
            target[j] += last[j] * a
