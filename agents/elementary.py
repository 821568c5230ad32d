"""``exp``, ``log``, ``power`` and ``logistic`` from plain arithmetic: the same bits everywhere, and fast.

The mathematics library of a machine cannot serve here: its results differ between systems in the last
bit, and a call to it keeps a loop from vectorising. These functions use only ``+ - * /``, comparisons and
moves of bits, all of which IEEE 754 fixes to the last bit. Interpreted by Python and compiled to vector
instructions they return the same numbers.

They are written for both uses at once, which explains their style:

- No branch leaves early. Both sides of a conditional expression are computed, so all are safe to compute.
- Integers stay within signed 64 bits, and no divisor can be zero: Python would raise where compiled code
  continues.
- No product is fused with a sum. Where a product has to be exact, its factors have 26 bits each.
- Only ``bits_of`` and ``float_of`` differ between the two; the compiled forms are in
  ``model.engine.compile.numba_intrinsics``.

Every result is within 1 unit in the last place of the true one (``logistic``: 3). The coefficients are those
of minimax polynomials, found with Remez' exchange algorithm in 260-bit arithmetic (mpmath); each was rounded
to a float and the later ones fitted again. A comment at each polynomial gives its function, range and error.
Polynomials are summed in pairs: one long chain would leave the processor waiting.
"""

from __future__ import annotations

import struct

_pack_float, _unpack_float = struct.Struct("<d").pack, struct.Struct("<d").unpack
_pack_integer, _unpack_integer = struct.Struct("<q").pack, struct.Struct("<q").unpack

# ln 2 in two parts. The first has 42 bits, so its product with a count of up to 11 bits is exact.
LN2_HIGH = 0.6931471805598903
LN2_LOW = 5.497923018708371e-14
LN2_INVERSE = 1.4426950408889634
# The same for 3/2 ln 2, the first with 41 bits.
LN2_THREE_HALVES_HIGH = 1.0397207708397218
LN2_THREE_HALVES_LOW = 1.961556830022416e-13
TWO_THIRDS = 0.6666666666666666

# 3 * 2**51 + 2046: a float of this size has no fraction, so adding it rounds to an integer, and its last
# twelve bits are that integer plus 2046.
ROUNDER = 6755399441057790.0


def bits_of(x: float) -> int:
    """Return the 64 bits of a float as a signed integer."""
    bits: int = _unpack_integer(_pack_float(x))[0]
    return bits


def float_of(bits: int) -> float:
    """Return the float that has these 64 bits (a signed integer)."""
    x: float = _unpack_float(_pack_integer(bits))[0]
    return x


def leading_half(x: float) -> float:
    """Return ``x`` cut to its first 26 bits; a product of two such halves is exact."""
    return float_of(bits_of(x) & -0x8000000)


def binary_parts(x: float) -> tuple[float, float]:
    """Return k and m in [√½, √2) with x = 2**k m, for x > 0 and finite; else two finite numbers."""
    # Subnormal numbers are first made normal, times 2**54. What is added to the bits is the distance from
    # those of √½ to those of 1: it carries into the exponent where m would be above √2. A float from 2**52
    # to 2**53 has an integer as its last bits: so the exponent becomes a float.
    tiny = x < 2.2250738585072014e-308
    bits = bits_of(x * 18014398509481984.0 if tiny else x) + 0x00095F619980C433
    exponent = float_of(((bits >> 52) & 0xFFF) + 0x4330000000000000)
    k = exponent - (4503599627371573.0 if tiny else 4503599627371519.0)
    return k, float_of((bits & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD)


def exp_of_sum(high: float, low: float) -> float:
    """Return e**(high + low) for -800 <= high <= 800 and a low part of at most 2**-14; elsewhere any number.

    With n the integer nearest to high / ln 2 and r = high + low - n ln 2, the result is 2**n e**r.
    """
    rounded = high * LN2_INVERSE + ROUNDER
    n = rounded - ROUNDER
    coarse = high - n * LN2_HIGH
    fine = low - n * LN2_LOW
    r = coarse + fine
    r_rest = (coarse - r) + fine
    # (cosh r - 1 - r²/2) / r⁴ and (sinh r - r) / r³ in powers of r², for |r| <= ln 2 / 2.
    # They leave e**r an error of 2**-63.8.
    r2 = r * r
    r4 = r2 * r2
    even = (0.041666666666666685 + 0.0013888888888873283 * r2) + r4 * (
        (2.4801587349202168e-05 + 2.755725181956487e-07 * r2) + 2.092176998285594e-09 * r4
    )
    odd = (0.16666666666666685 + 0.008333333333315722 * r2) + r4 * (
        (0.0001984126989959979 + 2.755723167844924e-06 * r2) + 2.5113137148670103e-08 * r4
    )
    # 1 + r, what its rounding loses, and all that is small.
    line = 1.0 + r
    curve = 0.5 * r2 + (r4 * even + r * r2 * odd)
    value = line + ((r - (line - 1.0)) + (curve + line * r_rest))
    # 2**n in two factors: each is a normal number where 2**n itself may not be. The second product is the
    # one that rounds to a subnormal number or overflows. The masks keep out what Python could not shift.
    biased = bits_of(rounded) & 0xFFF
    half = biased >> 1
    return value * float_of(half << 52) * float_of(((biased - half) & 0x7FF) << 52)


def exp(x: float) -> float:
    """Return e**x, within 1 unit in the last place; 0 below -745.13, inf above 709.78, nan for nan."""
    x = float(x)  # NumPy's own kind of float would warn of infinity
    bounded = -800.0 if x < -800.0 else x
    return exp_of_sum(800.0 if bounded > 800.0 else bounded, 0.0)


def bounded_exp(x: float) -> float:
    """Return e**x for x cut to ±200, so that results can be added up and divided by; nan for nan."""
    x = float(x)
    lower = 200.0 if x > 200.0 else x
    return exp(-200.0 if lower < -200.0 else lower)


def log(x: float) -> float:
    """Return the natural logarithm, within 1 unit in the last place; -inf at 0, nan below, inf at inf.

    With x = 2**k m, f = m - 1 and s = f / (2 + f): log x = k ln 2 + 2 artanh s, and
    2 artanh s = f - f²/2 + s (f²/2 + 2 (artanh(s)/s - 1)), whose first two terms carry most of the value.
    """
    x = float(x)
    k, m = binary_parts(x)
    f = m - 1.0
    s = f / (2.0 + f)
    # 2 (artanh(s)/s - 1) / s² in powers of s², for |s| <= (√2 - 1)/(√2 + 1); this leaves the
    # logarithm a relative error of 2**-58.4.
    s2 = s * s
    s4 = s2 * s2
    lower = (0.6666666666666734 + 0.3999999999941664 * s2) + s4 * (
        0.2857142874202814 + 0.22222198605065158 * s2
    )
    upper = (0.18183562850295268 + 0.153140848809716 * s2) + 0.14795632789463722 * s4
    series = lower + s4 * s4 * upper
    half_square = 0.5 * f * f
    small = s * (half_square + s2 * series) + k * LN2_LOW
    value = k * LN2_HIGH + (f - (half_square - small))
    # 1e999 reads as infinity; the integer holds the bits of nan.
    positive = value if x < 1e999 else x
    other = -1e999 if x == 0.0 else float_of(0x7FF8000000000000)
    return positive if x > 0.0 else other


def power(x: float, y: float) -> float:
    """Return x**y for x >= 0, within 1 unit in the last place; as C's ``pow`` at 0, 1, inf and nan.

    Economics raises no negative number to a power: x < 0 gives nan (but x**0 is 1 for every x, nan
    included), and -0.0 counts as 0.

    The result shows the relative error of log x up to 745 times, so the logarithm is a sum of two floats,
    good to 64 bits. With x = 2**k m and t = (m - 1)/(m + 1),
    3/2 log x = k 3/2 ln 2 + 3t + t³ + t⁵ (3/5 + 3/7 t² + …):
    times 3/2, the two coefficients that matter most are integers and add no error.
    """
    x = float(x)
    y = float(y)
    k, m = binary_parts(x)
    # t in two parts, the second from the remainder of the division.
    f = m - 1.0
    divisor = m + 1.0
    divisor_high = leading_half(divisor)
    divisor_low = m - (divisor_high - 1.0)
    reciprocal = 1.0 / divisor
    quotient = f * reciprocal
    t_high = leading_half(quotient)
    t_low = ((f - t_high * divisor_high) - t_high * divisor_low) * reciprocal
    t = t_high + t_low
    # t² and t³ likewise; each product named exact is.
    square_exact = t_high * t_high
    square_low = t_low * (t_high + t)
    square = square_exact + square_low
    square_high = leading_half(square)
    cube_exact = t_high * square_high
    cube_low = t_high * ((square_exact - square_high) + square_low) + t_low * square
    # (3 (artanh(t)/t - 1) - t²) / t⁴ in powers of t², for |t| <= (√2 - 1)/(√2 + 1); this leaves the
    # logarithm a relative error of 2**-73. Its constant is in `fifth`, the others in `series`.
    t2 = quotient * quotient
    t4 = t2 * t2
    series = (0.428571428571688 + 0.33333333326029296 * t2) + t4 * (
        (0.2727272833924666 + 0.23076833003591085 * t2)
        + t4 * ((0.20004564671488845 + 0.1751043165826623 * t2) + 0.17998466756819634 * t4)
    )
    power5 = (cube_exact + cube_low) * square
    fifth = 0.5999999999999996 * power5
    # The sum, largest first, with what each addition loses.
    of_exponent = k * LN2_THREE_HALVES_HIGH
    of_t = 3.0 * t_high
    first = of_exponent + of_t
    second = first + cube_exact
    third = second + fifth
    lost = (of_t - (first - of_exponent)) + (cube_exact - (second - first)) + (fifth - (third - second))
    rest = ((3.0 * t_low + cube_low) + (k * LN2_THREE_HALVES_LOW + power5 * (t2 * series))) + lost
    log_x = third + rest
    log_high = leading_half(log_x)
    log_low = (third - log_high) + rest
    # 2/3 y in two parts, and the product.
    multiplier = y * TWO_THIRDS
    y_high = leading_half(multiplier)
    y_low = (y - 1.5 * y_high) * TWO_THIRDS
    value = exp_of_sum(y_high * log_high, y_high * log_low + y_low * log_x)
    # Beyond the range of exp_of_sum, and for x of 0, below 0, inf or nan, the result is 0, inf or nan.
    positive = log_x if x < 1e999 else x
    other = -1e999 if x == 0.0 else float_of(0x7FF8000000000000)
    estimate = multiplier * (positive if x > 0.0 else other)
    limit = 0.0 if estimate < 0.0 else (1e999 if estimate > 0.0 else float_of(0x7FF8000000000000))
    result = value if estimate * estimate < 640000.0 else limit
    return 1.0 if y == 0.0 else (1.0 if x == 1.0 else result)


def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x), within 3 units in the last place for every x; nan for nan."""
    # e**-|x| cannot overflow, and keeps the small values that 1 / (1 + inf) would lose.
    decay = exp(-x if x > 0.0 else x)
    return (1.0 if x > 0.0 else decay) / (1.0 + decay)
