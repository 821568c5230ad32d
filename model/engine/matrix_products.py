"""Products of a matrix of cities with a column of cities, vectorised, with a fixed order of sums.

Plain loops that procedures call and the engine compiles. Each city's sum has one order, stated below, so the
bits do not depend on the arrangement of the loops.
"""


def add_product(matrix, source, target):
    """Add Σ_c matrix[c, j]·source[c] to each target[j]; matrix (C·C,) by rows, source and target (C,).

    Each sum runs over the cities of origin in order, one product added at a time.
    """
    cities = len(target)
    quads = cities // 4
    for quad in range(quads):
        c = 4 * quad
        row = c * cities
        # Four rows at a time, so that the target is read and written once for four products; as slices, which
        # show the compiler that the rows do not overlap.
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


def write_product(matrix, source, target):
    """Write Σ_j matrix[c, j]·source[j] to each target[c]; matrix (C·C,) by rows, source and target (C,).

    Each sum has four parts, of every fourth city from the first, second, third and fourth on; the first also
    takes the remaining cities at the end: (first + second) + (third + fourth).
    """
    cities = len(target)
    whole = cities - cities % 4
    pairs = cities // 2
    for pair in range(pairs):
        row = 2 * pair * cities
        # Two rows at a time: a single chain of sums would leave the processor waiting.
        one, two = matrix[row : row + cities], matrix[row + cities : row + 2 * cities]
        a, b, d, e = 0.0, 0.0, 0.0, 0.0
        f, g, h, i = 0.0, 0.0, 0.0, 0.0
        for quad in range(cities // 4):
            j = 4 * quad
            a += one[j] * source[j]
            b += one[j + 1] * source[j + 1]
            d += one[j + 2] * source[j + 2]
            e += one[j + 3] * source[j + 3]
            f += two[j] * source[j]
            g += two[j + 1] * source[j + 1]
            h += two[j + 2] * source[j + 2]
            i += two[j + 3] * source[j + 3]
        for j in range(whole, cities):
            a += one[j] * source[j]
            f += two[j] * source[j]
        target[2 * pair] = (a + b) + (d + e)
        target[2 * pair + 1] = (f + g) + (h + i)
    for c in range(2 * pairs, cities):
        last = matrix[c * cities : (c + 1) * cities]
        a, b, d, e = 0.0, 0.0, 0.0, 0.0
        for quad in range(cities // 4):
            j = 4 * quad
            a += last[j] * source[j]
            b += last[j + 1] * source[j + 1]
            d += last[j + 2] * source[j + 2]
            e += last[j + 3] * source[j + 3]
        for j in range(whole, cities):
            a += last[j] * source[j]
        target[c] = (a + b) + (d + e)


def write_product_in_order(matrix, source, target):
    """Write Σ_j matrix[c, j]·source[j] to each target[c]; matrix (C·C,) by rows, source and target (C,).

    Each sum runs over j in order, one product added at a time.
    """
    cities = len(target)
    quads = cities // 4
    for quad in range(quads):
        c = 4 * quad
        row = c * cities
        # Four rows at a time: the sum of one would wait for itself at every addition.
        first = matrix[row : row + cities]
        second = matrix[row + cities : row + 2 * cities]
        third = matrix[row + 2 * cities : row + 3 * cities]
        fourth = matrix[row + 3 * cities : row + 4 * cities]
        a, b, d, e = 0.0, 0.0, 0.0, 0.0
        for j in range(cities):
            a += first[j] * source[j]
            b += second[j] * source[j]
            d += third[j] * source[j]
            e += fourth[j] * source[j]
        target[c], target[c + 1], target[c + 2], target[c + 3] = a, b, d, e
    for c in range(4 * quads, cities):
        last = matrix[c * cities : (c + 1) * cities]
        a = 0.0
        for j in range(cities):
            a += last[j] * source[j]
        target[c] = a
