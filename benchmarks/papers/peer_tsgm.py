"""Windows from a peer: the variational autoencoder of TSGM, trained on one of the sets.

    pip install tsgm "pandas<3"   # in an environment of its own, with PyTorch
    python benchmarks/papers/peer_tsgm.py ../shared/data stock --epochs 60 -o stock-tsgm.npz
    python benchmarks/papers/table.py ../shared/data stock --seeds --samples stock:tsgm-vae=stock-tsgm.npz

TSGM (A. Nikitin, L. Iannucci and S. Kaski, arXiv:2305.11567) has no published row. Its convolutional autoencoder is of
the kind of TimeVAE (A. Desai et al., arXiv:2111.08095), which has one: the harness should call them about equally good.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from sets import SETS

os.environ["KERAS_BACKEND"] = "torch"  # read by keras when tsgm imports it
os.environ.setdefault("TQDM_DISABLE", "1")

LATENT = 8
BATCH = 64


def main() -> None:
    """Train, draw as many windows as there are real ones, write them in physical values."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds timegan_stock, energy, etth1 and mujoco_hopper")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    import keras
    import torch
    import tsgm

    torch.set_num_threads(1)
    keras.utils.set_random_seed(arguments.seed)
    real = SETS[arguments.set](arguments.folder).signals
    low, high = real.min((0, 2), keepdims=True), real.max((0, 2), keepdims=True)
    scaled = ((real - low) / (high - low)).transpose(0, 2, 1)  # (n, length, channels)
    networks = tsgm.models.architectures.zoo["vae_conv5"](scaled.shape[1], scaled.shape[2], LATENT)
    model = tsgm.models.cvae.BetaVAE(networks.encoder, networks.decoder)
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    began = time.process_time()
    model.fit(scaled, epochs=arguments.epochs, batch_size=BATCH, verbose=0)
    drawn = model.generate(len(real)).detach().numpy().transpose(0, 2, 1)
    np.savez(arguments.output, (drawn * (high - low) + low).astype(np.float32))
    print(f"{arguments.epochs} epochs, {(time.process_time() - began) / 60:.1f} CPU-minutes")


if __name__ == "__main__":
    main()
