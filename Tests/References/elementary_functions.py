"""The polynomials of the vectors' exp, tanh and erf: coefficients, and how far off these are.

usage: elementary_functions.py

Prints each polynomial of Templates/C/Library/vec_*.c.mustache as C has it, and over millions of floats
the largest error in units of the last place, with each multiply-add rounded once and with both parts
rounded. Needs numpy and scipy.
"""
import numpy as np
from scipy import special

F = np.float32


def fit(function, low, high, powers, weight):
    """The coefficients of `powers` that are off least anywhere, by Lawson's reweighted squares."""
    x = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(4000) + 0.5) / 4000)
    basis, wanted, scale = np.stack([x ** p for p in powers], 1), function(x), weight(x)
    share = np.ones_like(x)
    for _ in range(300):
        root = np.sqrt(share) * scale
        found = np.linalg.lstsq(basis * root[:, None], wanted * root, rcond=None)[0]
        off = np.abs((basis @ found - wanted) * scale)
        share *= off / off.max() + 1e-9
        share /= share.sum()
    return found


class Arithmetic:
    """Floats whose multiply-adds are rounded once, or twice."""

    def __init__(self, fused):
        self.fused = fused

    def multiply_add(self, a, b, c):
        if self.fused:
            return F(np.float64(a) * np.float64(b) + np.float64(c))
        return F(F(a * b) + c)

    def polynomial(self, x, coefficients):
        """Horner's rule, the highest power first."""
        value = np.full_like(x, F(coefficients[0]))
        for c in coefficients[1:]:
            value = self.multiply_add(value, x, F(c))
        return value

    def exp(self, x):
        magic = F(12582912)
        t = self.multiply_add(x, F(1.44269504), magic)
        n = F(t - magic)
        r = self.multiply_add(n, F(-0.693359375), x)
        r = self.multiply_add(n, F(2.12194440e-4), r)
        q = self.polynomial(r, EXP)
        y = F(self.multiply_add(F(r * r), q, r) + F(1))
        return F(np.ldexp(np.float64(y), n.astype(int)))

    def tanh(self, x):
        z, s = np.abs(x), F(x * x)
        small = self.multiply_add(F(self.polynomial(s, TANH) * s), x, x)
        large = F(F(1) - F(F(2) / F(self.exp(F(2 * z)) + F(1))))
        return np.where(z < F(0.625), small, np.copysign(large, x))

    def erf(self, x):
        z, s = np.abs(x), F(x * x)
        small = self.multiply_add(self.polynomial(s, ERF), x, x)
        near = np.minimum(z, F(4))
        power = self.multiply_add(self.polynomial(near, ERFC), near, -near)
        large = F(F(1) - self.exp(power))
        return np.where(z < F(0.9375), small, np.copysign(large, x))


half = np.log(2) / 2 * 1.0001
EXP = fit(lambda r: (np.expm1(r) - r) / r ** 2, -half, half, range(6), lambda r: r ** 2)[::-1]
# Of x^2: tanh(x) = x + x^3 p(x^2), erf(x) = x + x p(x^2).
TANH = fit(lambda s: (np.tanh(np.sqrt(s)) / np.sqrt(s) - 1) / s, 1e-6, 0.625 ** 2, range(5),
           lambda s: s / (np.tanh(np.sqrt(s)) / np.sqrt(s)))[::-1]
ERF = fit(lambda s: special.erf(np.sqrt(s)) / np.sqrt(s) - 1, 1e-9, 0.9375 ** 2, range(6),
          lambda s: 1 / (special.erf(np.sqrt(s)) / np.sqrt(s)))[::-1]
# 1 - erf(x) = exp(-x + x p(x)): what matters is that result's part of erf.
ERFC = fit(lambda x: (np.log(special.erfc(x)) + x) / x, 0.9, 4, range(8),
           lambda x: x * special.erfc(x))[::-1]


def units(found, wanted):
    """The largest error in units of the last place of the true value."""
    place = np.spacing(np.abs(wanted).astype(F)).astype(np.float64)
    return np.max(np.abs(np.float64(found) - wanted) / place)


def main():
    for name, coefficients in [('exp', EXP), ('tanh', TANH), ('erf', ERF), ('erfc', ERFC)]:
        print(name, ', '.join(f'{np.float64(F(c)):.9g}' for c in coefficients))
    generator = np.random.default_rng(1)
    x = F(generator.uniform(-87, 88, 4_000_000))
    y = F(np.concatenate([generator.uniform(-10, 10, 2_000_000),
                          generator.normal(size=1_000_000) * 10.0 ** generator.uniform(-6, 0, 1_000_000)]))
    for fused in (True, False):
        a = Arithmetic(fused)
        print('multiply-adds', 'rounded once:' if fused else 'rounded twice:',
              f'exp {units(a.exp(x), np.exp(np.float64(x))):.2f},',
              f'tanh {units(a.tanh(y), np.tanh(np.float64(y))):.2f},',
              f'erf {units(a.erf(y), special.erf(np.float64(y))):.2f} units of the last place')


if __name__ == '__main__':
    main()
