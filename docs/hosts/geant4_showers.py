"""Geant4: particles are moved to a calorimeter, and the surrogate gives the signals of an event's showers at once.

    python geant4_showers.py SURROGATE FOLDER

Where a track meets the calorimeter it ends, and its energy is noted down; when the event ends, one call of `sample`
gives the signals of all its showers. The surrogate has a condition `energy`.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import gansurrogate as gs

if "GEANT4_DATA_DIR" not in os.environ:  # transport alone needs no data but one table's name; physics needs all of them
    folder = tempfile.TemporaryDirectory()
    Path(folder.name, "ENSDFSTATE.dat").touch()
    os.environ.update(GEANT4_DATA_DIR=folder.name, G4ENSDFSTATEDATA=folder.name)

import geant4_pybind as g4  # asks for its data when it is imported

# ruff: noqa: N802  # the names of the methods are Geant4's


class Detector(g4.G4VUserDetectorConstruction):
    """A lead block of (40 cm)^3 whose face is 1 m down the beam, in vacuum."""

    def Construct(self) -> Any:
        """The world's place; Geant4 owns none of these, so they are kept."""
        material, nowhere = g4.G4NistManager.Instance().FindOrBuildMaterial, g4.G4ThreeVector()
        boxes = g4.G4Box("world", 2 * g4.m, 2 * g4.m, 2 * g4.m), g4.G4Box("calorimeter", *[20 * g4.cm] * 3)
        world = g4.G4LogicalVolume(boxes[0], material("G4_Galactic"), "world")
        block = g4.G4LogicalVolume(boxes[1], material("G4_Pb"), "calorimeter")
        place = g4.G4PVPlacement(None, nowhere, world, "world", None, False, 0)
        behind = g4.G4ThreeVector(0, 0, 1.2 * g4.m)
        self.kept = boxes, block, g4.G4PVPlacement(None, behind, block, "calorimeter", world, False, 0), place
        return place


class Particles(g4.G4VPhysicsConstructor):
    """What there is; processes on the way to the calorimeter would be added in `ConstructProcess`."""

    def ConstructParticle(self) -> None:
        """Name them; Geant4 itself asks for the last three."""
        for particle in (g4.G4Electron, g4.G4Gamma, g4.G4Positron, g4.G4Proton):
            particle.Definition()

    def ConstructProcess(self) -> None:
        """None but transport."""


class Physics(g4.G4VModularPhysicsList):
    """Transport of `Particles`."""

    def __init__(self) -> None:
        super().__init__()
        self.RegisterPhysics(Particles())

    def SetCuts(self) -> None:
        """None."""


class Beam(g4.G4VUserPrimaryGeneratorAction):
    """Electrons, four an event, in a cone wider than the calorimeter."""

    def __init__(self, energies: np.ndarray, slopes: np.ndarray) -> None:
        super().__init__()
        self.energies, self.slopes = energies, slopes  # (events, 4) in keV, (events, 4, 2)
        self.gun = g4.G4ParticleGun(1)
        self.gun.SetParticleDefinition(g4.G4Electron.Definition())

    def GeneratePrimaries(self, event: Any) -> None:
        """Shoot them from the origin."""
        number = event.GetEventID()
        for energy, (x, y) in zip(self.energies[number], self.slopes[number], strict=True):
            self.gun.SetParticleEnergy(float(energy) * g4.keV)
            self.gun.SetParticleMomentumDirection(g4.G4ThreeVector(x, y, 1))
            self.gun.GeneratePrimaryVertex(event)


class AtTheFace(g4.G4UserSteppingAction):
    """Ends the tracks that enter the calorimeter."""

    def __init__(self) -> None:
        super().__init__()
        self.energies: list[float] = []  # of this event's showers [keV]

    def UserSteppingAction(self, step: Any) -> None:
        """Note the energy down."""
        volume = step.GetPostStepPoint().GetTouchable().GetVolume()
        if volume is not None and volume.GetName() == "calorimeter":
            self.energies.append(step.GetTrack().GetKineticEnergy() / g4.keV)
            step.GetTrack().SetTrackStatus(g4.fStopAndKill)


class Showers(g4.G4UserEventAction):
    """The signals of an event's showers, in one call; row i of the stream is the i-th shower of the run."""

    def __init__(self, face: AtTheFace, sampler: gs.Sampler, seed: int, others: dict[str, Any]) -> None:
        super().__init__()
        self.face, self.sampler, self.seed, self.others = face, sampler, seed, others
        self.signals: list[np.ndarray] = []
        self.energies: list[float] = []

    def EndOfEventAction(self, event: Any) -> None:
        """Draw them."""
        conditions = {"energy": self.face.energies, **self.others}
        n, start = len(self.face.energies), len(self.energies)
        self.signals.append(self.sampler.sample(n, conditions=conditions, rng=self.seed, start=start))
        self.energies += self.face.energies
        self.face.energies = []


class Actions(g4.G4VUserActionInitialization):
    """Makes the actions when Geant4 wants them."""

    def __init__(self, beam: tuple[np.ndarray, np.ndarray], *of_showers: Any) -> None:
        super().__init__()
        self.beam, self.of_showers = beam, of_showers

    def Build(self) -> None:
        """One after the other."""
        face = AtTheFace()
        self.showers = Showers(face, *self.of_showers)
        for action in (Beam(*self.beam), face, self.showers):
            self.SetUserAction(action)


def run(sampler: gs.Sampler, energies: np.ndarray, slopes: np.ndarray, seed: int, **others: Any) -> Showers:
    """Run as many events as there are rows of `energies`; a process can do that once."""
    manager = g4.G4RunManagerFactory.CreateRunManager(g4.G4RunManagerType.Serial)
    actions = Actions((energies, slopes), sampler, seed, others)
    for part in (Detector(), Physics(), actions):
        manager.SetUserInitialization(part)
    manager.Initialize()
    manager.BeamOn(len(energies))
    return actions.showers


if __name__ == "__main__":
    surrogate, random = gs.load(sys.argv[1]), np.random.default_rng(1)
    others = {c.name: c.levels[0] for c in surrogate.spec.conditions if c.levels}
    energies = surrogate.draw_conditions(400, rng=1)["energy"].reshape(100, 4)
    slopes = random.normal(0, 0.15, (100, 4, 2))
    showers = run(surrogate, energies, slopes, 7, **others)
    signals = np.concatenate(showers.signals)
    np.savez(Path(sys.argv[2], "showers.npz"), signals=signals, energy=showers.energies, shot=energies, slopes=slopes)
    print(f"{len(signals)} of {energies.size} electrons met the calorimeter")
