"""An emulator of one result over the factors: a Gaussian process with a linear trend."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.gaussian_process.kernels import Kernel

Array = NDArray[np.float64]

SMALL = 1e-8  # of the variance of the result: keeps the covariance of the sample invertible


class Emulator:
    """The expected result at a place, from the points that were run. [Rasmussen & Williams 2006]

    x: coordinates (n, k) in 0-1; y: means of the points (n,); noise: sampling variance of each mean, (n,), or
    None if it is not known: then variation that is not smooth is estimated as noise, and counts in the
    variance of a prediction. kernel: one that was fitted before, taken as it is.
    """

    def __init__(self, x: Array, y: Array, noise: Array | None, kernel: Kernel | None = None) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor

        self.centre, self.scale = float(y.mean()), float(y.std()) or 1.0
        alpha = SMALL + (0.0 if noise is None else noise / self.scale**2)
        start = kernel if kernel is not None else _kernel(x.shape[1], noise is None)
        search = (
            {"optimizer": "fmin_l_bfgs_b", "n_restarts_optimizer": 1}
            if kernel is None
            else {"optimizer": None}
        )
        self.process = GaussianProcessRegressor(start, alpha=alpha, random_state=0, **search)
        with warnings.catch_warnings():
            # A factor without influence has no finite length: the fit then ends at its bound, as it should.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.process.fit(x - 0.5, (y - self.centre) / self.scale)

    @property
    def kernel(self) -> Kernel:
        """The fitted kernel."""
        return self.process.kernel_

    @property
    def nugget(self) -> float:
        """Estimated variance of the noise; 0 if the noise was given."""
        from sklearn.gaussian_process.kernels import WhiteKernel

        last = getattr(self.kernel, "k2", None)
        return float(last.noise_level) * self.scale**2 if isinstance(last, WhiteKernel) else 0.0

    def predict(self, x: Array) -> tuple[Array, Array]:
        """Return the expected result and its variance, each (m,), at coordinates (m, k)."""
        mean, deviation = self.process.predict(x - 0.5, return_std=True)
        return self.centre + self.scale * mean, (self.scale * deviation) ** 2

    def explained(self) -> float:
        """Return the share of the variance between points that leave-one-out predictions explain (Q²).

        In closed form, with the kernel of all points. [Rasmussen & Williams 2006, eq. 5.12]
        """
        from scipy.linalg import cho_solve

        y = self.process.y_train_
        inverse = cho_solve((self.process.L_, True), np.eye(len(y)))
        missed = (inverse @ y) / np.diag(inverse)
        return float(1.0 - (missed**2).sum() / max(((y - y.mean()) ** 2).sum(), 1e-300))


def _kernel(count: int, unknown_noise: bool) -> Any:
    from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel

    smooth = ConstantKernel(1.0, (1e-4, 1e3)) * Matern(np.ones(count), (0.05, 50.0), nu=2.5)
    trend = ConstantKernel(1.0, (1e-3, 1e2)) * DotProduct(1.0, "fixed")
    kernel = smooth + trend
    return kernel + WhiteKernel(0.05, (1e-8, 2.0)) if unknown_noise else kernel
