"""ASE: how much energy do trapped ions take up from a noisy field? Every ion is driven by a signal of its own.

    python ase_ions.py noisy-sine.onnx

The ions do not see each other. One at rest in a harmonic trap takes up |integral of F(t) exp(i w t) dt|^2 / (2 m)
(L. D. Landau and E. M. Lifshitz, Mechanics, section 22): `by_hand` says so without ASE.
"""

import sys
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from ase.md.verlet import VelocityVerlet
from numpy.typing import NDArray

import gansurrogate as gs


class DrivenTrap(Calculator):
    """A harmonic trap of spring constant `stiffness` [eV/A^2] for each ion, and a force (ions,) [eV/A] along x."""

    implemented_properties = ("energy", "forces")

    def __init__(self, stiffness: float) -> None:
        super().__init__()
        self.stiffness, self.drive = stiffness, np.zeros(1)

    def push(self, drive: NDArray[Any]) -> None:
        """Set the force from now on."""
        self.drive = drive
        self.reset()

    def calculate(self, atoms: Any = None, properties: Any = None, system_changes: Any = all_changes) -> None:
        """The trap's energy and the forces, as ASE asks for them."""
        super().calculate(atoms, properties, system_changes)
        place = self.atoms.positions
        forces = -self.stiffness * place
        forces[:, 0] += self.drive
        self.results = {"energy": self.stiffness * (place**2).sum() / 2, "forces": forces}


def taken_up(sampler: gs.Sampler, ions: int, seed: int, scale: float, mass: float, omega: float, step: float) -> Any:
    """Energy [eV] of each ion after one signal.

    Parameters
    ----------
    scale : float
        Force [eV/A] per unit of the signal.
    mass, omega, step : float
        Of an ion [u], of the trap [rad/fs], between two values of the signal [fs].
    """
    drive = scale * sampler.sample(ions, rng=seed)  # (ions, length)
    stiffness = mass * (omega / units.fs) ** 2
    atoms = Atoms("X" * ions, positions=np.zeros((ions, 3)), masses=[mass] * ions, calculator=DrivenTrap(stiffness))
    dynamics = VelocityVerlet(atoms, timestep=step * units.fs)
    for force in drive.T:
        atoms.calc.push(force)
        dynamics.run(1)
    return stiffness * (atoms.positions**2).sum(1) / 2 + mass * (atoms.get_velocities() ** 2).sum(1) / 2


def by_hand(drive: NDArray[Any], mass: float, omega: float, step: float) -> Any:
    """The same of forces (ions, length) [eV/A] that are constant within each step, in closed form."""
    phase = np.exp(1j * omega * step * np.arange(drive.shape[1] + 1))
    impulse = drive @ np.diff(phase) / (1j * omega) * units.fs
    return np.abs(impulse) ** 2 / (2 * mass)


if __name__ == "__main__":
    energy = taken_up(gs.load(sys.argv[1]), 1000, seed=7, scale=1e-4, mass=40, omega=0.05, step=1.0)
    print(f"mean energy {energy.mean():.3g} eV, at most {energy.max():.3g} eV")
